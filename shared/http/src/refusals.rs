//! Declares the refusals that only one route has, for the API document. `document.rs` adds those that follow from a route's shape, such as
//! 401 where the caller has to be signed in.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ContentBuilder, RefOr, Response, ResponseBuilder, Schema,
        schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type},
    },
};

/// Declares refusals by status and code, with the members that they add to a problem. An endpoint lists them: `responses(…, NotMoved)`.
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
                    #[expect(dead_code, reason = "only the API document needs it")]
                    struct Members { $($($member: $type),+)? }
                    (format!("{} {}", $status, $code), $crate::refusal(<Members as ::utoipa::PartialSchema>::schema()))
                }),+].into()
            }
        }
    )+};
}

/// A day among the members of a refusal, as `YYYY-MM-DD`.
#[derive(Debug)]
pub enum Day {}

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))).into()
    }
}

impl ToSchema for Day {}

/// One refusal as a response. `document.rs` joins those with the same status.
#[must_use]
pub fn refusal(members: RefOr<Schema>) -> RefOr<Response> {
    ResponseBuilder::new().content("application/problem+json", ContentBuilder::new().schema(Some(members)).build()).build().into()
}
