//! Draws the board.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Cell, Paragraph, Row as TableRow, Table};

use super::facts::BoardRow;
use super::model::{Mode, Model};
use crate::text::printable;

/// Smallest width at which problems have a column of their own.
const WIDE: u16 = 120;

const KEYS: &str = "↑↓ choose  s shell  g grade  G all  r reset  e extend  m message  q quit";

/// Draws the whole board.
pub fn draw(frame: &mut Frame, model: &mut Model) {
    let parts = [Constraint::Length(1), Constraint::Min(3), Constraint::Length(1), Constraint::Length(1)];
    let [head, body, detail, foot] = Layout::vertical(parts).areas(frame.area());
    frame.render_widget(heading(model), head);
    rows(frame, model, body);
    frame.render_widget(chosen(model), detail);
    frame.render_widget(prompt(model), foot);
}

fn heading(model: &Model) -> Line<'static> {
    let title = Span::from(printable(&model.board.title)).bold();
    Line::from(vec![title, Span::from(format!("  {}", model.board.summary()))])
}

fn rows(frame: &mut Frame, model: &mut Model, area: Rect) {
    let wide = area.width >= WIDE;
    let left = ["", "NAME", "LAB", "STATE"].map(Line::from);
    let right = ["LEFT", "HINTS", "CHECKS", "SCORE", "MEM", "CPU"].map(|head| Line::from(head).right_aligned());
    let mut heads: Vec<Line> = left.into_iter().chain(right).collect();
    let mut widths = [1, 0, 0, 11, 10, 5, 6, 5, 6, 5].map(Constraint::Length).to_vec();
    (widths[1], widths[2]) = (Constraint::Fill(3), Constraint::Fill(3));
    if wide {
        heads.push("PROBLEM".into());
        widths.push(Constraint::Fill(4));
    }
    let table = Table::new(model.board.rows.iter().map(|row| line(row, model, wide)), widths)
        .header(TableRow::new(heads).style(Style::new().add_modifier(Modifier::DIM)))
        .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED));
    model.page = usize::from(area.height.saturating_sub(1)).max(1);
    frame.render_stateful_widget(table, area, &mut model.table);
}

fn line<'a>(row: &BoardRow, model: &Model, wide: bool) -> TableRow<'a> {
    let busy = row.attempt.as_ref().and_then(|attempt| model.busy.get(attempt)).copied();
    let late = row.due.is_some_and(|due| due < model.now);
    let problem = row.problem.as_deref().map(printable).unwrap_or_default();
    let mut cells = vec![
        Cell::from(if row.problem.is_some() { "!" } else { "" }).red().bold(),
        Cell::from(printable(&row.name)),
        Cell::from(row.lab.clone().unwrap_or_else(|| "-".into())),
        Cell::from(busy.unwrap_or_else(|| row.word())).style(state_style(row, busy.is_some())),
        Cell::from(Line::from(row.left(model.now)).right_aligned()).style(if late {
            Style::new().fg(Color::Red)
        } else {
            Style::new()
        }),
        Cell::from(Line::from(row.hints_taken.to_string()).right_aligned()),
        Cell::from(Line::from(row.passed()).right_aligned()),
        Cell::from(Line::from(row.points()).right_aligned()),
        Cell::from(Line::from(row.mib()).right_aligned()),
        Cell::from(Line::from(row.share()).right_aligned()),
    ];
    if wide {
        cells.push(Cell::from(problem).red());
    }
    TableRow::new(cells)
}

fn state_style(row: &BoardRow, busy: bool) -> Style {
    match row.word() {
        _ if busy => Style::new().fg(Color::Yellow),
        "solved" => Style::new().fg(Color::Green),
        "failed" => Style::new().fg(Color::Red),
        "at work" => Style::new(),
        _ => Style::new().add_modifier(Modifier::DIM),
    }
}

/// Details of the selected row that do not fit into the table.
fn chosen(model: &Model) -> Paragraph<'static> {
    let Some(row) = model.chosen() else { return Paragraph::new("Nobody is in this class.") };
    let who = row.attempt.as_ref().map_or_else(|| printable(&row.name), ToString::to_string);
    let problem = row.problem.as_deref().map(|problem| Span::from(format!(": {}", printable(problem))).red());
    Paragraph::new(Line::from([vec![Span::from(who)], problem.into_iter().collect()].concat()))
}

fn prompt(model: &Model) -> Paragraph<'static> {
    let text = match &model.mode {
        Mode::Board if model.notice.is_empty() => return Paragraph::new(Line::from(KEYS).dim()),
        Mode::Board => printable(&model.notice).replace('\n', " "),
        Mode::Reset(attempt) => {
            format!("Reset {attempt}? Everything done in it is lost. y resets, any other key does not")
        }
        Mode::Minutes(_, text) => format!("Minutes more: {text}_  (Enter, Esc)"),
        Mode::Message(_, text) => format!("Message: {text}_"),
    };
    Paragraph::new(Line::from(text).bold())
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
