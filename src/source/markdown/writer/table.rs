//! Tables: alignment is a class, and what is too wide scrolls in a container that the keyboard can reach.

use pulldown_cmark::Alignment;
use pulldown_cmark_escape::escape_html;

use super::Writer;

/// The table that is being written; tables do not nest.
#[derive(Default)]
pub(super) struct Table {
    alignments: Vec<Alignment>,
    column: usize,
    part: Part,
    /// Where the attributes of the container go.
    start: usize,
    /// The heading that already names a table: two regions of one name cannot be told apart.
    named: Option<usize>,
}

/// The part of a table.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Head,
    BeforeRows,
    Rows,
}

impl Writer<'_> {
    pub(super) fn start_table(&mut self, alignments: Vec<Alignment>) {
        if self.briefing() {
            self.block("<div class=\"table\" tabindex=\"0\">");
            self.table.start = self.out.len() - 1;
            self.out.push_str("<table>");
        } else {
            self.block("<table>");
        }
        self.table.alignments = alignments;
    }

    pub(super) fn start_head(&mut self) {
        self.out.push_str("<thead><tr>");
        self.table.part = Part::Head;
        self.table.column = 0;
        self.title.clear();
        self.titled = true;
    }

    pub(super) fn end_head(&mut self) {
        self.out.push_str("</tr></thead>");
        self.table.part = Part::BeforeRows;
        self.titled = false;
        if self.briefing() {
            self.name_table();
        }
    }

    /// A table is named by the heading above it, a second one there by its own head.
    fn name_table(&mut self) {
        let above = self.toc.len().checked_sub(1).filter(|above| self.table.named != Some(*above));
        let mut name = String::from(" role=\"region\" aria-label");
        match above {
            Some(above) => {
                self.table.named = Some(above);
                name.push_str("ledby=\"");
                name.push_str(&self.toc[above].id);
            }
            None => {
                let head = self.title.trim_end_matches([',', ' ']);
                if head.is_empty() {
                    return;
                }
                name.push_str("=\"");
                escape_html(&mut name, head).expect("a string takes whatever is written into it");
            }
        }
        name.push('"');
        self.out.insert_str(self.table.start, &name);
    }

    pub(super) fn start_row(&mut self) {
        self.out.push_str(if self.table.part == Part::Rows { "<tr>" } else { "<tbody>\n<tr>" });
        self.table.part = Part::Rows;
        self.table.column = 0;
    }

    pub(super) fn start_cell(&mut self) {
        let head = self.table.part == Part::Head;
        self.out.push_str(match (head, self.briefing()) {
            (true, true) => "<th scope=\"col\"",
            (true, false) => "<th",
            (false, _) => "<td",
        });
        self.out.push_str(match self.table.alignments.get(self.table.column) {
            Some(Alignment::Left) => " class=\"align-left\">",
            Some(Alignment::Center) => " class=\"align-center\">",
            Some(Alignment::Right) => " class=\"align-right\">",
            Some(Alignment::None) | None => ">",
        });
        self.table.column += 1;
    }

    pub(super) fn end_cell(&mut self) {
        if self.table.part == Part::Head {
            self.title.push_str(", ");
            self.out.push_str("</th>");
        } else {
            self.out.push_str("</td>");
        }
    }

    pub(super) fn end_table(&mut self) {
        self.out.push_str(if self.table.part == Part::Rows { "</tbody></table>" } else { "</table>" });
        self.out.push_str(if self.briefing() { "</div>\n" } else { "\n" });
    }
}
