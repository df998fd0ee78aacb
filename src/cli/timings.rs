//! What took how long, as a table and as JSON.

use std::time::Duration;

use crate::engine::{Cost, Timings};

/// The timings as people read them.
pub(super) fn table(timings: &Timings) -> String {
    let mut table = String::from("\n  stage                         wall\n");
    for (stage, took) in &timings.stages {
        table.push_str(&format!("  {stage:<24}{:>8}\n", milliseconds(*took)));
    }
    let mut costs = |title: &str, all: &mut dyn Iterator<Item = (&str, &Cost)>| {
        let rows: String = all.map(|(name, cost)| row(name, *cost)).collect();
        if !rows.is_empty() {
            table.push_str(&format!("\n  {title:<24}{:>8}{:>12}\n{rows}", "made", "all threads"));
        }
    };
    costs("kind", &mut timings.kinds.iter().map(|(kind, cost)| (*kind, cost)));
    costs("template", &mut timings.templates.iter().map(|(name, cost)| (name.as_str(), cost)));
    if !timings.dearest.is_empty() {
        table.push_str("\n  dearest\n");
    }
    for (path, took) in &timings.dearest {
        table.push_str(&format!("  {:>12}  {path}\n", milliseconds(*took)));
    }
    table
}

fn row(name: &str, cost: Cost) -> String {
    format!("  {name:<24}{:>8}{:>12}\n", cost.count, milliseconds(cost.took))
}

fn milliseconds(took: Duration) -> String {
    format!("{:.2} ms", took.as_secs_f64() * 1000.0)
}

/// The timings for programs, in seconds.
pub(super) fn object(timings: &Timings) -> serde_json::Value {
    let cost = |cost: &Cost| serde_json::json!({ "count": cost.count, "seconds": cost.took.as_secs_f64() });
    let stage = |(stage, took): &(&str, Duration)| serde_json::json!({ "stage": stage, "seconds": took.as_secs_f64() });
    let dear = |(path, took): &(String, Duration)| serde_json::json!({ "path": path, "seconds": took.as_secs_f64() });
    let kinds: serde_json::Map<String, serde_json::Value> =
        timings.kinds.iter().map(|(kind, each)| ((*kind).to_string(), cost(each))).collect();
    let templates: serde_json::Map<String, serde_json::Value> =
        timings.templates.iter().map(|(name, each)| (name.clone(), cost(each))).collect();
    serde_json::json!({
        "stages": timings.stages.iter().map(stage).collect::<Vec<_>>(),
        "kinds": kinds,
        "templates": templates,
        "dearest": timings.dearest.iter().map(dear).collect::<Vec<_>>(),
    })
}
