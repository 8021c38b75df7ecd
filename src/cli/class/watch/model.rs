//! State of the board and its updates. Pure: no terminal, no clock, no engine.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::widgets::TableState;

use super::facts::{Board, BoardRow};
use crate::attempt::State;
use crate::id::AttemptId;

/// State of the screen.
pub struct Model {
    pub board: Board,
    pub now: Timestamp,
    pub mode: Mode,
    /// Result of the last action, or an error.
    pub notice: String,
    /// Running actions by attempt.
    pub busy: BTreeMap<AttemptId, &'static str>,
    /// Selected row and scroll position.
    pub table: TableState,
    /// Rows that fit on the screen, as it was last drawn.
    pub page: usize,
}

/// Meaning of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Keys select rows and start actions.
    Board,
    /// `y` resets this attempt.
    Reset(AttemptId),
    /// Keys edit the minutes for this attempt.
    Minutes(AttemptId, String),
    /// Keys edit a message to this attempt.
    Message(AttemptId, String),
}

/// Input of the model.
pub enum Msg {
    Key(KeyEvent),
    /// A new state of the class.
    Polled(Board),
    Tick(Timestamp),
    /// An action on an attempt ended with this result.
    Done(AttemptId, String),
    /// A text for the last line.
    Notice(String),
}

/// Request of the model to its environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Quit,
    Shell(AttemptId),
    Grade(Vec<AttemptId>),
    Reset(AttemptId),
    Extend(AttemptId, u32),
    Message(AttemptId, String),
}

/// Longest message, in characters.
const MAX_MESSAGE: usize = 200;

impl Model {
    pub fn new(board: Board) -> Self {
        let now = board.at;
        let table = TableState::default().with_selected(0);
        Self { board, now, mode: Mode::Board, notice: String::new(), busy: BTreeMap::new(), table, page: 1 }
    }

    /// The selected row.
    pub fn chosen(&self) -> Option<&BoardRow> {
        self.board.rows.get(self.table.selected().unwrap_or_default())
    }

    pub fn update(&mut self, msg: Msg) -> Option<Effect> {
        match msg {
            Msg::Tick(now) => self.now = now,
            Msg::Notice(text) => self.notice = text,
            Msg::Polled(board) => self.replace_board(board),
            Msg::Done(attempt, text) => {
                self.busy.remove(&attempt);
                self.notice = text;
            }
            Msg::Key(key) if key.kind == KeyEventKind::Release => {}
            Msg::Key(key) if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) => {
                return Some(Effect::Quit);
            }
            Msg::Key(key) => return self.key(key.code),
        }
        None
    }

    /// Replaces the board; the selected row stays selected at its new position.
    fn replace_board(&mut self, board: Board) {
        let same =
            |row: &BoardRow, old: &BoardRow| row.slug == old.slug && (row.lab == old.lab || row.attempt == old.attempt);
        let chosen = self.chosen().and_then(|old| {
            let exact = board.rows.iter().position(|row| same(row, old));
            exact.or_else(|| board.rows.iter().position(|row| row.slug == old.slug))
        });
        self.now = board.at;
        self.board = board;
        let last = self.board.rows.len().saturating_sub(1);
        self.table.select(Some(chosen.unwrap_or_else(|| self.table.selected().unwrap_or_default()).min(last)));
    }

    fn key(&mut self, key: KeyCode) -> Option<Effect> {
        match self.mode.clone() {
            Mode::Board => self.command(key),
            Mode::Reset(attempt) => {
                self.mode = Mode::Board;
                if key != KeyCode::Char('y') {
                    return None;
                }
                self.begin(&attempt, "resetting");
                Some(Effect::Reset(attempt))
            }
            Mode::Minutes(attempt, text) => {
                let digit = |c: char| c.is_ascii_digit();
                let text = self.write(key, text, |text| Mode::Minutes(attempt.clone(), text), digit, 4)?;
                let minutes = text.parse().ok().filter(|minutes| (1..=1440).contains(minutes));
                if minutes.is_none() {
                    self.notice = "write minutes from 1 to 1440".into();
                }
                let minutes = minutes?;
                self.begin(&attempt, "extending");
                Some(Effect::Extend(attempt, minutes))
            }
            Mode::Message(attempt, text) => {
                let any = |c: char| !c.is_control();
                let text = self.write(key, text, |text| Mode::Message(attempt.clone(), text), any, MAX_MESSAGE)?;
                if text.trim().is_empty() {
                    return None;
                }
                self.begin(&attempt, "messaging");
                Some(Effect::Message(attempt, text))
            }
        }
    }

    /// Edits a line of text; returns it on Enter.
    fn write(
        &mut self,
        key: KeyCode,
        mut text: String,
        mode: impl Fn(String) -> Mode,
        takes: fn(char) -> bool,
        longest: usize,
    ) -> Option<String> {
        match key {
            KeyCode::Enter => {
                self.mode = Mode::Board;
                return Some(text);
            }
            KeyCode::Esc => {
                self.mode = Mode::Board;
                return None;
            }
            KeyCode::Backspace => drop(text.pop()),
            KeyCode::Char(c) if takes(c) && text.chars().count() < longest => text.push(c),
            _ => {}
        }
        self.mode = mode(text);
        None
    }

    fn command(&mut self, key: KeyCode) -> Option<Effect> {
        self.notice.clear();
        match key {
            KeyCode::Char('q') | KeyCode::Esc => return Some(Effect::Quit),
            KeyCode::Down | KeyCode::Char('j') => self.go(1),
            KeyCode::Up | KeyCode::Char('k') => self.go(-1),
            KeyCode::PageDown => self.go(isize::try_from(self.page).unwrap_or(1)),
            KeyCode::PageUp => self.go(-isize::try_from(self.page).unwrap_or(1)),
            KeyCode::Home => self.go(isize::MIN),
            KeyCode::End => self.go(isize::MAX),
            KeyCode::Char('G') => return self.grade_all(),
            KeyCode::Char('s') | KeyCode::Enter => return self.running().map(Effect::Shell),
            KeyCode::Char('g') => {
                let attempt = self.free()?;
                self.begin(&attempt, "grading");
                return Some(Effect::Grade(vec![attempt]));
            }
            KeyCode::Char('r') => self.mode = Mode::Reset(self.resettable()?),
            KeyCode::Char('e') => self.mode = Mode::Minutes(self.free()?, "15".into()),
            KeyCode::Char('m') => self.mode = Mode::Message(self.free()?, String::new()),
            _ => {}
        }
        None
    }

    fn go(&mut self, by: isize) {
        let last = self.board.rows.len().saturating_sub(1);
        let place = self.table.selected().unwrap_or_default();
        self.table.select(Some(place.saturating_add_signed(by).min(last)));
    }

    fn begin(&mut self, attempt: &str, what: &'static str) {
        self.busy.insert(attempt.into(), what);
    }

    /// The selected attempt if it has a container; otherwise a notice says why not.
    fn running(&mut self) -> Option<AttemptId> {
        let row = self.chosen()?;
        let there = row.state.is_some_and(State::is_handed_over);
        let attempt = row.attempt.clone().filter(|_| there);
        if attempt.is_none() {
            self.notice = format!("{} has no container: {}", row.name, row.word());
        }
        attempt
    }

    /// The selected attempt if it has a container and no running action.
    fn free(&mut self) -> Option<AttemptId> {
        let attempt = self.running()?;
        self.idle(attempt)
    }

    /// The selected attempt if it can be reset: also one with a failed or missing environment, unless it is solved.
    fn resettable(&mut self) -> Option<AttemptId> {
        let row = self.chosen()?;
        let lost = !row.solved && matches!(row.state, Some(State::Resetting | State::Stopped));
        let attempt = row.attempt.clone().filter(|_| lost).or_else(|| self.running())?;
        self.idle(attempt)
    }

    fn idle(&mut self, attempt: AttemptId) -> Option<AttemptId> {
        if let Some(what) = self.busy.get(&attempt) {
            self.notice = format!("{attempt} is busy: {what}");
            return None;
        }
        Some(attempt)
    }

    fn grade_all(&mut self) -> Option<Effect> {
        let idle = |row: &&BoardRow| row.state == Some(State::Running);
        let attempts = self.board.rows.iter().filter(idle).filter_map(|row| row.attempt.clone());
        let attempts: Vec<AttemptId> = attempts.filter(|attempt| !self.busy.contains_key(attempt)).collect();
        for attempt in &attempts {
            self.begin(attempt, "grading");
        }
        (!attempts.is_empty()).then_some(Effect::Grade(attempts))
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
pub(in crate::cli::class::watch) mod tests;
