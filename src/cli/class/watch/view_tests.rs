use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::KeyCode;

use super::super::facts::Board;
use super::super::model::Msg;
use super::super::model::tests::board;
use super::*;

fn screen(model: &mut Model, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, model)).unwrap();
    let lines = terminal.backend().to_string();
    lines.lines().map(|line| format!("{}\n", line.trim_matches('"').trim_end())).collect()
}

#[test]
fn the_board_fits_eighty_columns() {
    let expected = "\
Spring  1 of 12 solved, 10 at work, 1 problem
  NAME        LAB         STATE             LEFT HINTS CHECKS SCORE    MEM   CPU
  Trainee 0   nginx-502   at work         25 min     0    0/4    70  140 M   3 %
  Trainee 1   nginx-502   at work         25 min     1    1/4    70  140 M   3 %
! Trainee 2   nginx-502   at work         25 min     2    2/4    70  140 M   3 %
  Trainee 3   nginx-502   at work         25 min     0    3/4    70  140 M   3 %
  Trainee 4   nginx-502   solved          25 min     1    4/4    70  140 M   3 %
  Trainee 5   nginx-502   at work         25 min     2    0/4    70  140 M   3 %
nginx-502-t2-abcd: its container is down
↑↓ choose  s shell  g grade  G all  r reset  e extend  m message  q quit
";
    let mut model = Model::new(board(12));
    model.update(Msg::Key(KeyCode::Char('j').into()));
    model.update(Msg::Key(KeyCode::Down.into()));
    assert_eq!(screen(&mut model, 80, 10), expected);
}

#[test]
fn a_wide_board_tells_problems_in_their_rows() {
    let expected = "\
Spring  0 of 4 solved, 4 at work, 1 problem
  NAME                  LAB                    STATE             LEFT HINTS CHECKS SCORE    MEM   CPU PROBLEM
  Trainee 0             nginx-502              grading         25 min     0    0/4    70  140 M   3 %
  Trainee 1             nginx-502              at work         25 min     1    1/4    70  140 M   3 %
! Trainee 2             nginx-502              at work         25 min     2    2/4    70  140 M   3 % its container is down
  Trainee 3             nginx-502              at work         25 min     0    3/4    70  140 M   3 %
nginx-502-t0-abcd
container red second line
";
    let mut model = Model::new(board(4));
    model.update(Msg::Key(KeyCode::Char('g').into()));
    model.update(Msg::Notice("container \u{1b}[31mred\nsecond line".into()));
    assert_eq!(screen(&mut model, 130, 8), expected);
}

#[test]
fn two_hundred_rows_scroll() {
    let mut model = Model::new(board(200));
    screen(&mut model, 100, 24);
    model.update(Msg::Key(KeyCode::PageDown.into()));
    assert!(screen(&mut model, 100, 24).contains("Trainee 20 "));
    model.update(Msg::Key(KeyCode::End.into()));
    let last = screen(&mut model, 100, 24);
    assert!(last.contains("Trainee 198 ") && last.contains("Trainee 199 ") && !last.contains("Trainee 20 "), "{last}");
}

#[test]
fn names_of_any_kind_and_screens_of_any_size_are_drawn() {
    let mut strange: Board = board(3);
    strange.rows[0].name = "Jürgen 山田太郎 \u{1b}]0;x\u{7}\u{202e}evil".into();
    strange.rows[1].name = "x".repeat(500);
    strange.rows[1].problem = Some("\u{1b}[2Jcleared".into());
    for (width, height) in [(1, 1), (20, 5), (80, 24), (300, 2)] {
        let drawn = screen(&mut Model::new(strange.clone()), width, height);
        assert!(!drawn.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{drawn}");
    }
}

#[test]
fn an_empty_class_is_a_board_too() {
    assert!(screen(&mut Model::new(board(0)), 80, 6).contains("Nobody is in this class."));
}
