//! A content file taken apart, so that one key or the body can be changed. Knows just enough TOML for the files of this
//! test: a key stands on a line of its own, above all tables.

/// The text of a content file.
#[derive(Debug, Clone)]
pub struct Text {
    keys: Vec<(String, String)>,
    tables: String,
    pub body: String,
}

impl Text {
    /// Takes a file apart.
    pub fn parse(text: &str) -> Self {
        let rest = text.strip_prefix("+++\n").expect("a page begins with front matter");
        let (front, body) = rest.split_once("+++\n").expect("front matter ends");
        let tables_at = if front.starts_with('[') { Some(0) } else { front.find("\n[").map(|at| at + 1) };
        let (top, tables) = front.split_at(tables_at.unwrap_or(front.len()));
        let keys = top.lines().filter_map(|line| line.split_once(" = "));
        Self {
            keys: keys.map(|(key, value)| (key.to_string(), value.to_string())).collect(),
            tables: tables.to_string(),
            body: body.to_string(),
        }
    }

    /// The value of a key, as it is written.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.keys.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// Sets a key.
    pub fn set(&mut self, key: &str, value: &str) {
        match self.keys.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => *old = value.to_string(),
            None => self.keys.push((key.to_string(), value.to_string())),
        }
    }

    /// Takes a key away.
    pub fn remove(&mut self, key: &str) {
        self.keys.retain(|(known, _)| known != key);
    }

    /// Sets a key, or takes it away if it has this value already.
    pub fn toggle(&mut self, key: &str, value: &str) {
        if self.get(key) == Some(value) { self.remove(key) } else { self.set(key, value) }
    }

    /// Adds a table, or takes all tables away if there is this one already.
    pub fn toggle_table(&mut self, table: &str) {
        if self.tables.contains(table) { self.tables.clear() } else { self.tables.push_str(table) }
    }

    /// The words of a list of texts.
    pub fn list(&self, key: &str) -> Vec<String> {
        let Some(value) = self.get(key) else { return Vec::new() };
        value.split('"').skip(1).step_by(2).map(str::to_string).collect()
    }

    /// Sets a list of texts; an empty one goes away.
    pub fn set_list(&mut self, key: &str, values: &[String]) {
        if values.is_empty() {
            return self.remove(key);
        }
        let quoted: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
        self.set(key, &format!("[{}]", quoted.join(", ")));
    }

    /// Puts the file together again.
    pub fn whole(&self) -> String {
        let keys: String = self.keys.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
        format!("+++\n{keys}{}+++\n{}", self.tables, self.body)
    }
}
