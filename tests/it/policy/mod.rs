//! Checks the policy over HTTP: every route, for every role and every relationship.
//!
//! Each group of routes has a file that makes its requests. People and things are made once for all checks, so a request may find a thing
//! in a state that does not allow it. This does not matter here: such an answer is not a refusal by the policy.

mod appointments;
mod billing;
mod doctors;
mod feedback;
mod laboratory;
mod medical_record;
mod patients;
mod pharmacy;
mod roster;
mod users;
mod waiting_list;
mod wards;
mod world;

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{
    policy::{POLICY, Relationship, Relationships, Rule, page},
    role::Role,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use self::world::{Person, World};
use crate::support::Answer;

/// A request of a route: its address and its body.
type Sample = (String, Value);

/// A sample request, made by the group that the route belongs to. `None` when this caller cannot have these relationships.
async fn sample(world: &World, rule: &Rule, caller: &Person, standing: &Relationships) -> Option<Sample> {
    let (_, path) = rule.route.split_once(' ').unwrap();
    match path.split('/').nth(1).unwrap() {
        "users" | "auth" | "audit-log" | "emails" | "notifications" => users::sample(world, rule, caller, standing).await,
        "patients" if medical_record::has(path) => medical_record::sample(world, rule, caller, standing),
        "laboratories" | "lab-tests" => laboratory::laboratory(world, rule, caller, standing),
        "invoices" | "refunds" => billing::of_all(rule, standing),
        "feedback" | "performance" | "reports" => feedback::of_all(world, rule, caller, standing),
        "patients" if feedback::has(path) => feedback::of_patient(world, rule, caller, standing),
        "patients" if billing::has(path) => billing::of_patient(world, rule, caller, standing),
        "patients" if laboratory::has(path) => laboratory::of_patient(world, rule, caller, standing),
        "pharmacies" => pharmacy::pharmacy(world, rule, caller, standing),
        "patients" if pharmacy::has(path) => pharmacy::of_patient(world, rule, caller, standing),
        "patients" if wards::has(path) => wards::stay(world, rule, caller, standing),
        "wards" | "cleaning-tasks" | "critical-care" | "critical-results" => wards::ward(rule, caller, standing),
        "emergency" => wards::emergency(world, rule, caller, standing),
        "patients" => patients::sample(world, rule, caller, standing),
        "doctors" => doctors::sample(world, rule, caller, standing),
        "waiting-list" => waiting_list::sample(world, rule, caller, standing),
        "on-duty" | "shifts" => roster::sample(world, rule, standing),
        "leaves" => roster::leave(world, rule, caller, standing),
        "staff" => roster::profile(world, rule, caller, standing),
        "appointments" => appointments::sample(world, rule, caller, standing),
        group => panic!("add a file to tests/it/policy that makes requests of {group}"),
    }
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let document: Value = serde_json::from_str(&local::openapi::json().unwrap()).unwrap();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let route = format!("{} {path}", method.to_uppercase());
            let rule = Rule::of(&method.to_uppercase(), path).unwrap_or_else(|| panic!("{route} has no row in domain::policy"));
            assert!(operation["description"].as_str().unwrap().contains(&rule.who_may()), "{route} does not say who may");
            documented.insert(route);
        }
    }
    assert_eq!(documented, POLICY.iter().map(|rule| rule.route.to_owned()).collect());
}

#[test]
fn the_published_table_is_fresh() {
    let published = include_str!("../../../infra/permissions.md");
    assert!(published.ends_with(&page()), "write it again: cargo run -- permissions > infra/permissions.md");
}

/// Whether the policy has refused the request. Errors in the request itself are found later.
fn kept_out(answer: &Answer) -> bool {
    match answer.status.as_u16() {
        401 | 404 => true,
        403 => answer.body["code"] != "wrong_password",
        500.. => panic!("{}", answer.text),
        _ => false,
    }
}

async fn call(world: &World, rule: &Rule, caller: &Person, path: &str, body: &Value) -> Answer {
    let (method, _) = rule.route.split_once(' ').unwrap();
    let call = world.app.call(method, path).bearer(&caller.token);
    if method == "GET" { call.send().await } else { call.json(body).send().await }
}

/// Checks one route for one role. Returns how many cases it checked.
async fn walk(world: Arc<World>, rule: &'static Rule, acting_as: Option<Role>) -> usize {
    let mut cells = 0;
    // No relationship, each single one, and all together. If the role is refused anyway, the single ones are left out: they allow no more
    // than all together.
    let admitted = acting_as.map_or_else(|| rule.admits(&BTreeSet::new()), |role| rule.admits(&[role].into()));
    let each = Relationship::ALL.into_iter().filter(|_| admitted).map(|relationship| Relationships::from([relationship]));
    let standings = [Relationships::new()].into_iter().chain(each).chain([Relationships::from(Relationship::ALL)]);
    for standing in standings {
        let Some(caller) = world.caller(rule, acting_as, &standing).await else { continue };
        let Some((path, body)) = sample(&world, rule, &caller, &standing).await else { continue };
        let answer = call(&world, rule, &caller, &path, &body).await;
        let expected = rule.permits(&caller.roles, &standing);
        assert_eq!(!kept_out(&answer), expected, "{} as {acting_as:?}, {standing:?}: {} {}", rule.route, answer.status, answer.text);
        cells += 1;

        // A thing that the caller may not see and a thing that does not exist get the same answer.
        if !expected && let Some(id) = path.split(['/', '?', '=']).find(|part| part.get(3..4) == Some("_")) {
            let missing = path.replace(id, &format!("{}_01JD8Z0V3XQ5T4E2W9K7M6N8PR", &id[..3]));
            let missing = call(&world, rule, &caller, &missing, &body).await;
            assert_eq!((missing.status, missing.text), (answer.status, answer.text), "{}", rule.route);
        }
    }
    cells
}

/// Where account and sign-in are looked up, a token is worthless once its sign-in has ended.
async fn out_is_out(world: Arc<World>, rule: &'static Rule) -> usize {
    let looked_up = |role: &Role| rule.admits(&[*role].into()) && rule.looks_up(&[*role].into());
    let Some(admitted) = Role::ALL.into_iter().find(looked_up) else { return 0 };
    let caller = world.signed_out(admitted);
    let (_, path) = rule.route.split_once(' ').unwrap();
    let path = path.replace('{', "usr_01JD8Z0V3XQ5T4E2W9K7M6N8PR").replace('}', "");
    call(&world, rule, caller, &path, &json!({})).await.refused(401, "signed_out");
    1
}

/// Checks the whole table `times` times, as if it were that many times as long.
async fn walk_all(times: usize) -> Duration {
    let started = Instant::now();
    let world = Arc::new(World::new().await);
    let (mut cells, mut routes) = (0, 0);
    let mut walks = JoinSet::new();
    for rule in (0..times).flat_map(|_| POLICY).filter(|rule| !rule.is_open()) {
        routes += 1;
        walks.spawn(out_is_out(Arc::clone(&world), rule));
        for role in Role::ALL.into_iter().map(Some).chain([None]) {
            walks.spawn(walk(Arc::clone(&world), rule, role));
            while walks.len() > 8 {
                cells += walks.join_next().await.unwrap().unwrap();
            }
        }
    }
    cells += walks.join_all().await.into_iter().sum::<usize>();
    println!("{routes} routes, {cells} cases, {:.1} s", started.elapsed().as_secs_f32());
    assert!(cells > routes * 10, "{cells}");
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_gets_where_the_table_says_and_nowhere_else() {
    walk_all(1).await;
}

/// `cargo test -p tests policy::two_hundred -- --ignored --nocapture` should take at most 10 s for 200 routes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn two_hundred_routes() {
    let times = 200_usize.div_ceil(POLICY.len());
    let took = walk_all(times).await;
    let routes = u32::try_from(times * POLICY.iter().filter(|rule| !rule.is_open()).count()).unwrap();
    assert!(took * 200 / routes < Duration::from_secs(10), "{took:?}");
}
