//! What a route refuses that no other route of its shape does, named for the API document. What follows from the shape, such as 401
//! where one has to be signed in, `document.rs` adds.

use utoipa::openapi::{ContentBuilder, RefOr, Response, ResponseBuilder, Schema};

/// Names refusals by status and code, with what they say besides: `responses(…, SlotTaken)`.
///
/// ```
/// http::refusals! {
///     pub(crate) NotMoved {
///         409 "too_early" { not_before: String },
///         409 "too_many_changes",
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! refusals {
    ($($vis:vis $name:ident { $($status:literal $code:literal $({ $($member:ident: $type:ty),+ $(,)? })?),+ $(,)? })+) => {$(
        #[derive(Debug)]
        $vis enum $name {}

        impl ::utoipa::IntoResponses for $name {
            fn responses() -> ::std::collections::BTreeMap<String, ::utoipa::openapi::RefOr<::utoipa::openapi::Response>> {
                [$({
                    #[derive(::utoipa::ToSchema)]
                    #[expect(dead_code, reason = "it is only described")]
                    struct Members { $($($member: $type),+)? }
                    (format!("{} {}", $status, $code), $crate::refusal(<Members as ::utoipa::PartialSchema>::schema()))
                }),+].into()
            }
        }
    )+};
}

/// A refusal in the making: `document.rs` puts those with one status together.
#[must_use]
pub fn refusal(members: RefOr<Schema>) -> RefOr<Response> {
    ResponseBuilder::new().content("application/problem+json", ContentBuilder::new().schema(Some(members)).build()).build().into()
}
