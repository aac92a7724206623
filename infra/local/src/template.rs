//! Reads `infra/template.yaml`, so that the local hospital cannot drift from the deployed one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::filter::Filter;

const TEMPLATE: &str = include_str!("../../template.yaml");

/// The template does not have the form that this program expects.
#[derive(Debug, thiserror::Error)]
#[error("infra/template.yaml: {0}")]
pub struct TemplateError(String);

/// The parts of the template that the local hospital follows.
#[derive(Debug, Clone)]
pub struct Template {
    /// The `CreateTable` request, without the table's name.
    pub table: Map<String, Value>,
    pub ttl_attribute: String,
    /// The functions that the stream calls.
    pub streams: Vec<StreamMapping>,
    pub cors: Cors,
    pub routes: Vec<Route>,
    /// What each function may do with the table, by the function's name.
    pub table_permissions: BTreeMap<String, BTreeSet<Permission>>,
}

/// A route of the gateway: `ANY` stands for every method, `{proxy+}` for every path below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub function: String,
    pub method: String,
    pub path: String,
}

/// An action on the table, or on one of its indexes, and the prefix of the partitions that it is allowed for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    pub action: String,
    pub index: bool,
    pub prefix: String,
}

impl Route {
    /// Whether the route matches a request.
    #[must_use]
    pub fn takes(&self, method: &str, path: &str) -> bool {
        let (pattern, asked): (Vec<_>, Vec<_>) = (self.path.split('/').collect(), path.split('/').collect());
        let fits = |(pattern, segment): (&&str, &&str)| pattern == segment || pattern.starts_with('{');
        let (head, is_proxy) = match pattern.split_last() {
            Some((&"{proxy+}", head)) => (head, true),
            _ => (pattern.as_slice(), false),
        };
        let long_enough = if is_proxy { asked.len() > head.len() && !asked[head.len()].is_empty() } else { asked.len() == head.len() };
        (self.method == "ANY" || self.method == method) && long_enough && head.iter().zip(&asked).all(fits)
    }

    /// A whole path comes before one with `{proxy+}`, of those the longest, and then a route that names its method before one with `ANY`.
    fn rank(&self) -> (bool, usize, bool) {
        (!self.path.ends_with("{proxy+}"), self.path.split('/').count(), self.method != "ANY")
    }
}

impl Template {
    /// The function that the gateway calls for a request.
    #[must_use]
    pub fn function_for(&self, method: &str, path: &str) -> Option<&str> {
        let takes = self.routes.iter().filter(|route| route.takes(method, path));
        takes.max_by_key(|route| route.rank()).map(|route| route.function.as_str())
    }
}

/// How the stream reaches a function.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StreamMapping {
    pub batch_size: usize,
    pub maximum_retry_attempts: u32,
    pub bisect_batch_on_function_error: bool,
    pub function_response_types: Vec<String>,
    #[serde(skip)]
    pub filters: Vec<Filter>,
    #[serde(skip)]
    pub function: String,
}

/// What pages of other origins may do (`CorsConfiguration`).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cors {
    pub allow_methods: Vec<String>,
    pub allow_headers: Vec<String>,
    pub expose_headers: Vec<String>,
    pub max_age: u64,
}

impl Template {
    /// The whole template, as JSON.
    pub fn document() -> Result<Value, TemplateError> {
        serde_norway::from_str(TEMPLATE).map(plain).map_err(|error| TemplateError(error.to_string()))
    }

    pub fn read() -> Result<Self, TemplateError> {
        let document = Self::document()?;
        let table = &document["Resources"]["Table"]["Properties"];
        let mut create = Map::new();
        for name in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"] {
            create.insert(name.to_owned(), table[name].clone());
        }
        create.insert(
            "StreamSpecification".to_owned(),
            json!({ "StreamEnabled": true, "StreamViewType": table["StreamSpecification"]["StreamViewType"] }),
        );

        let cors = document["Resources"]["Api"]["Properties"]["CorsConfiguration"].clone();
        let cors = serde_json::from_value(cors).map_err(|error| TemplateError(format!("CorsConfiguration: {error}")))?;

        Ok(Self {
            cors,
            table: create,
            ttl_attribute: text(&table["TimeToLiveSpecification"]["AttributeName"])?,
            streams: streams(&document["Resources"])?,
            routes: routes(&document["Resources"]),
            table_permissions: table_permissions(&document["Resources"])?,
        })
    }
}

fn text(value: &Value) -> Result<String, TemplateError> {
    value.as_str().map(str::to_owned).ok_or_else(|| TemplateError(format!("expected text, found {value}")))
}

/// The functions by name: `medical-records` for `MedicalRecordsFunction`.
fn functions(resources: &Value) -> impl Iterator<Item = (String, &Value)> {
    let all = resources.as_object().into_iter().flatten();
    all.filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function")
        .filter_map(|(name, resource)| Some((kebab(name.strip_suffix("Function")?), &resource["Properties"])))
}

/// `MedicalRecords` as `medical-records`.
fn kebab(name: &str) -> String {
    let mut words = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            words.push('-');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

fn streams(resources: &Value) -> Result<Vec<StreamMapping>, TemplateError> {
    let mut streams = Vec::new();
    for (function, properties) in functions(resources) {
        let events = properties["Events"].as_object().into_iter().flatten().map(|(_, event)| event);
        for mapping in events.filter(|event| event["Type"] == "DynamoDB").map(|event| &event["Properties"]) {
            let mut stream: StreamMapping =
                serde_json::from_value(mapping.clone()).map_err(|error| TemplateError(format!("the stream's mapping: {error}")))?;
            let patterns = mapping["FilterCriteria"]["Filters"].as_array().cloned().unwrap_or_default();
            let parsed = patterns.iter().map(|filter| Filter::parse(filter["Pattern"].as_str().unwrap_or_default()).map_err(TemplateError));
            stream.filters = parsed.collect::<Result<_, _>>()?;
            stream.function.clone_from(&function);
            streams.push(stream);
        }
    }
    Ok(streams)
}

fn routes(resources: &Value) -> Vec<Route> {
    let mut routes = Vec::new();
    for (function, properties) in functions(resources) {
        let events = properties["Events"].as_object().into_iter().flatten().map(|(_, event)| event);
        routes.extend(events.filter(|event| event["Type"] == "HttpApi").filter_map(|event| {
            let (method, path) = (event["Properties"]["Method"].as_str()?, event["Properties"]["Path"].as_str()?);
            Some(Route { function: function.clone(), method: method.to_owned(), path: path.to_owned() })
        }));
    }
    routes
}

/// Keys of a single partition. All others end with `#*`.
const WHOLE_KEYS: [&str; 11] =
    ["WARM", "DOCTORS", "WARDS", "CLEANING", "PHARMACIES", "LABORATORIES", "LABTESTS", "CRITICALRESULTS", "INVOICES", "REFUNDS", "BILLING"];

fn table_permissions(resources: &Value) -> Result<BTreeMap<String, BTreeSet<Permission>>, TemplateError> {
    let mut all = BTreeMap::new();
    for (function, properties) in functions(resources) {
        let policies = properties["Policies"].as_array().into_iter().flatten();
        let mut permissions = BTreeSet::new();
        for policy in policies {
            let statements =
                policy["Statement"].as_array().ok_or_else(|| TemplateError(format!("{function}: a policy without statements")))?;
            for statement in statements.iter().filter(|statement| statement.to_string().contains("dynamodb:")) {
                permissions.extend(permissions_of(statement).ok_or_else(|| TemplateError(format!("{function}: {statement}")))?);
            }
        }
        all.insert(function, permissions);
    }
    Ok(all)
}

/// One action on the table or on indexes of it, for some prefixes of keys and nothing else.
fn permissions_of(statement: &Value) -> Option<Vec<Permission>> {
    let only =
        |value: &Value, names: &[&str]| value.as_object().is_some_and(|members| members.keys().all(|name| names.contains(&name.as_str())));
    let (action, condition) = (statement["Action"].as_str()?.strip_prefix("dynamodb:")?, &statement["Condition"]);
    let keys = &condition["ForAllValues:StringLike"];
    let exact = statement["Effect"] == "Allow"
        && action.chars().all(char::is_alphanumeric)
        && only(statement, &["Effect", "Action", "Resource", "Condition"])
        && only(condition, &["ForAllValues:StringLike"])
        && only(keys, &["dynamodb:LeadingKeys"]);
    let index = statement["Resource"].to_string().contains("/index/");
    let prefix = |key: &Value| {
        let key = key.as_str()?;
        key.strip_suffix("#*").or_else(|| WHOLE_KEYS.contains(&key).then_some(key)).map(str::to_owned)
    };
    let permission = |key| Some(Permission { action: action.to_owned(), index, prefix: prefix(key)? });
    keys["dynamodb:LeadingKeys"].as_array().filter(|_| exact)?.iter().map(permission).collect()
}

/// YAML as JSON. `!Ref` and similar tags are dropped.
fn plain(yaml: serde_norway::Value) -> Value {
    use serde_norway::Value as Yaml;
    match yaml {
        Yaml::Tagged(tagged) => plain(tagged.value),
        Yaml::Mapping(entries) => entries
            .into_iter()
            .map(|(key, value)| (key.as_str().unwrap_or_default().to_owned(), plain(value)))
            .collect::<Map<_, _>>()
            .into(),
        Yaml::Sequence(items) => items.into_iter().map(plain).collect(),
        scalar => serde_json::to_value(scalar).unwrap_or(Value::Null),
    }
}
