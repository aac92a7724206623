//! What `infra/template.yaml` declares, so that the local hospital cannot drift from the deployed one.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::filter::Filter;

const TEMPLATE: &str = include_str!("../../template.yaml");

/// The template is not what this program expects of it.
#[derive(Debug, thiserror::Error)]
#[error("infra/template.yaml: {0}")]
pub struct TemplateError(String);

/// The parts of the template that the local hospital follows.
#[derive(Debug, Clone)]
pub struct Template {
    /// `CreateTable`, without the name.
    pub table: Map<String, Value>,
    pub ttl_attribute: String,
    pub stream: StreamMapping,
    pub cors: Cors,
    /// `METHOD /path`, as OpenAPI writes paths.
    pub routes: BTreeSet<String>,
}

/// How the stream reaches `notifications`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StreamMapping {
    pub batch_size: usize,
    pub maximum_retry_attempts: u32,
    pub bisect_batch_on_function_error: bool,
    pub function_response_types: Vec<String>,
    #[serde(skip)]
    pub filters: Vec<Filter>,
}

/// What browsers are told about other origins (`CorsConfiguration`).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cors {
    pub allow_methods: Vec<String>,
    pub allow_headers: Vec<String>,
    pub expose_headers: Vec<String>,
    pub max_age: u64,
}

impl Template {
    /// All of it.
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

        let mapping = &document["Resources"]["NotificationsFunction"]["Properties"]["Events"]["Changes"]["Properties"];
        let mut stream: StreamMapping =
            serde_json::from_value(mapping.clone()).map_err(|error| TemplateError(format!("the stream's mapping: {error}")))?;
        let patterns = mapping["FilterCriteria"]["Filters"].as_array().cloned().unwrap_or_default();
        stream.filters = patterns
            .iter()
            .map(|filter| Filter::parse(filter["Pattern"].as_str().unwrap_or_default()).map_err(TemplateError))
            .collect::<Result<_, _>>()?;

        let cors = document["Resources"]["Api"]["Properties"]["CorsConfiguration"].clone();
        let cors = serde_json::from_value(cors).map_err(|error| TemplateError(format!("CorsConfiguration: {error}")))?;

        Ok(Self {
            cors,
            table: create,
            ttl_attribute: text(&table["TimeToLiveSpecification"]["AttributeName"])?,
            stream,
            routes: routes(&document["Resources"]),
        })
    }
}

fn text(value: &Value) -> Result<String, TemplateError> {
    value.as_str().map(str::to_owned).ok_or_else(|| TemplateError(format!("expected text, found {value}")))
}

fn routes(resources: &Value) -> BTreeSet<String> {
    let events = resources.as_object().into_iter().flatten().filter_map(|(_, resource)| resource["Properties"]["Events"].as_object());
    let http = events.flatten().map(|(_, event)| event).filter(|event| event["Type"] == "HttpApi");
    http.filter_map(|event| Some(format!("{} {}", event["Properties"]["Method"].as_str()?, event["Properties"]["Path"].as_str()?)))
        .collect()
}

/// YAML as JSON; `!Ref` and its kin lose their tag.
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
