//! The page of a person, a body, a place, a topic or a series.

use serde_json::Value;

use super::node::Node;
use super::organisation::Common;
use super::{Whereabouts, webpage};
use crate::source::details::{Details, HeldRole};

/// The page of a term; `folder` tells of which kind it is.
pub(super) fn page(around: &Whereabouts, common: &Common, folder: &str, details: &Details) -> Value {
    // A profile is somebody's; of a place, a topic or a series it is a collection.
    let (page, kind) = match folder {
        "people" => ("ProfilePage", "Person"),
        "organisations" => ("ProfilePage", "Organization"),
        "places" => ("CollectionPage", "Place"),
        "topics" => ("CollectionPage", "DefinedTerm"),
        _ => ("CollectionPage", "CreativeWorkSeries"),
    };
    let text = |text: &String| Value::from(text.as_str());
    let entity = Node::of(kind)
        .with("@id", format!("{}#entity", around.url))
        .with("name", around.title.as_str())
        .with("url", around.url.as_str())
        .text("description", &around.description)
        .all("alternateName", details.also_known_as.iter().map(text))
        .all("sameAs", details.links.iter().map(|link| text(&link.url)));
    let entity = if kind == "Person" { roles(entity, &details.roles) } else { entity };
    webpage(page, around, common).with("mainEntity", entity.value()).value()
}

/// An office that nobody has left is a title; every one was an occupation. When it was held, the vocabulary can only say in
/// a way that validators refuse.
fn roles(person: Node, roles: &[HeldRole]) -> Node {
    let held = roles.iter().filter(|role| !role.title.is_empty());
    let now = held.clone().filter(|role| role.to.is_none());
    let occupation = |role: &HeldRole| Node::of("Occupation").with("name", role.title.as_str()).value();
    person
        .all("jobTitle", now.map(|role| Value::from(role.title.as_str())))
        .all("hasOccupation", held.map(occupation))
}
