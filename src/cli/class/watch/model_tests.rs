use super::*;
use crate::cli::class::watch::facts::Checks;
use crate::id::AttemptId;

/// A class of so many, each with a container, but for every tenth.
pub(in crate::cli::class::watch) fn board(count: usize) -> Board {
    let row = |number: usize| {
        let there = number % 10 != 9;
        BoardRow {
            name: format!("Trainee {number}"),
            slug: format!("t{number}").into(),
            lab: there.then(|| "nginx-502".into()),
            attempt: there.then(|| format!("nginx-502-t{number}-abcd").into()),
            state: there.then_some(State::Running),
            due: there.then(|| Timestamp::from_second(1500).unwrap()),
            hints_taken: number % 3,
            checks: there.then_some(Checks { passed: number % 5, of: 4 }),
            score: there.then_some(70),
            solved: number % 5 == 4 && there,
            memory: there.then_some(140 << 20),
            processor: there.then_some(3),
            problem: (number == 2).then(|| "its container is down".into()),
        }
    };
    let rows = (0..count).map(row).collect();
    Board { class: "spring".into(), title: "Spring".into(), at: Timestamp::UNIX_EPOCH, problem: None, rows }
}

fn press(model: &mut Model, keys: &str) -> Option<Effect> {
    keys.chars().fold(None, |_, key| {
        let code = match key {
            '\n' => KeyCode::Enter,
            '\u{1b}' => KeyCode::Esc,
            '<' => KeyCode::Backspace,
            '$' => KeyCode::End,
            key => KeyCode::Char(key),
        };
        model.update(Msg::Key(code.into()))
    })
}

fn model() -> Model {
    Model::new(board(12))
}

#[test]
fn nothing_is_chosen_outside_of_the_class() {
    let mut model = model();
    press(&mut model, "kkk");
    assert_eq!(model.table.selected(), Some(0));
    press(&mut model, "$jj");
    assert_eq!(model.table.selected(), Some(11));
    let mut empty = Model::new(board(0));
    assert_eq!(press(&mut empty, "jkg$"), None);
}

#[test]
fn the_chosen_one_stays_chosen_when_others_come_or_go() {
    let mut model = model();
    press(&mut model, "jjj");
    let mut next = board(12);
    next.rows.remove(0);
    model.update(Msg::Polled(next.clone()));
    assert_eq!((model.table.selected(), model.chosen().unwrap().slug.as_str()), (Some(2), "t3"));
    next.rows.truncate(1);
    model.update(Msg::Polled(next));
    assert_eq!(model.table.selected(), Some(0));
}

#[test]
fn a_reset_is_asked_for_twice() {
    let mut model = model();
    assert_eq!(press(&mut model, "rn"), None);
    assert_eq!(press(&mut model, "r\n"), None);
    assert_eq!(press(&mut model, "ry"), Some(Effect::Reset("nginx-502-t0-abcd".into())));
}

#[test]
fn what_is_lost_can_be_reset_and_nothing_else() {
    let mut lost = board(1);
    lost.rows[0].state = Some(State::Stopped);
    let mut model = Model::new(lost.clone());
    assert_eq!(press(&mut model, "g"), None);
    assert_eq!(press(&mut model, "ry"), Some(Effect::Reset("nginx-502-t0-abcd".into())));
    lost.rows[0].solved = true;
    let mut model = Model::new(lost);
    assert_eq!(press(&mut model, "r"), None);
    assert_eq!(model.notice, "Trainee 0 has no container: solved");
}

#[test]
fn what_is_being_done_is_not_begun_again() {
    let mut model = model();
    let attempt = AttemptId::new("nginx-502-t0-abcd");
    assert_eq!(press(&mut model, "g"), Some(Effect::Grade(vec![attempt.clone()])));
    assert_eq!(press(&mut model, "g"), None);
    assert_eq!(model.notice, "nginx-502-t0-abcd is busy: grading");
    let Some(Effect::Grade(others)) = press(&mut model, "G") else { panic!("nobody else is graded") };
    assert!(others.len() == 10 && !others.contains(&attempt));
    model.update(Msg::Done(attempt.clone(), "done".into()));
    assert_eq!(model.notice, "done");
    assert_eq!(press(&mut model, "g"), Some(Effect::Grade(vec![attempt])));
}

#[test]
fn minutes_and_messages_are_written_and_taken_back() {
    let mut model = model();
    assert_eq!(press(&mut model, "e<<3x0\n"), Some(Effect::Extend("nginx-502-t0-abcd".into(), 30)));
    let mut model = self::model();
    assert_eq!(press(&mut model, "e<<0\n"), None);
    assert_eq!(model.notice, "write minutes from 1 to 1440");
    assert_eq!(press(&mut model, "mqq\u{1b}"), None, "in a message q is a letter, and Esc takes it back");
    assert_eq!(press(&mut model, "m \n"), None);
    assert_eq!(press(&mut model, "mHi <!\n"), Some(Effect::Message("nginx-502-t0-abcd".into(), "Hi!".into())));
}

#[test]
fn whoever_has_no_container_is_left_alone() {
    let mut model = model();
    assert_eq!(press(&mut model, "jjjjjjjjjs"), None);
    assert_eq!(model.notice, "Trainee 9 has no container: not started");
}

#[test]
fn it_ends_by_q_and_by_control_c_whatever_is_being_written() {
    assert_eq!(press(&mut model(), "q"), Some(Effect::Quit));
    let mut model = model();
    press(&mut model, "mabc");
    let key = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(model.update(Msg::Key(key)), Some(Effect::Quit));
}
