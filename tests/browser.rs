//! The report of a class in a real browser: wide and narrow, light and dark, for six trainees and for two hundred.
//! What it looks like is kept in `target/screenshots/report`. `tools/browser-test` runs these tests, which it knows by their
//! names.

mod support;

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use breakfix::class::results::{Results, TraineeResults};
use breakfix::report;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use support::browser::Browser;

fn results() -> Results {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/class_report/results.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// Two hundred, made of the six, each with times of their own.
fn crowd() -> Results {
    let small = results();
    let one = |number: usize| {
        let mut trainee: TraineeResults = small.trainees[number * 7 % small.trainees.len()].clone();
        trainee.slug = format!("t{number}").into();
        trainee.name = format!("{} {number}", trainee.name);
        for attempt in &mut trainee.attempts {
            let later = jiff::SignedDuration::from_secs(i64::try_from(number * number * 37 % 1500).unwrap());
            attempt.solved_at = attempt.solved_at.map(|at| at + later);
        }
        trainee
    };
    Results { trainees: (0..200).map(one).collect(), ..small }
}

struct Look {
    width: u32,
    scheme: &'static str,
}

const LOOKS: [Look; 3] =
    [Look { width: 1280, scheme: "light" }, Look { width: 375, scheme: "light" }, Look { width: 1280, scheme: "dark" }];

/// Elements whose text stands out too little from what is behind it: less than 4.5 to 1.
const FAINT: &str = r"(() => {
  const channels = colour => { const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number); return [r, g, b, a]; };
  const light = colour => {
    const [r, g, b] = channels(colour).slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (channels(colour)[3] > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const own = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const all = [...document.querySelectorAll('body *, svg text')].filter(own).filter(e => !e.closest('title, text.on'));
  const contrast = element => {
    const style = getComputedStyle(element);
    const both = [light(element.closest('svg') ? style.fill : style.color), light(behind(element))].sort((a, b) => b - a);
    return (both[0] + .05) / (both[1] + .05);
  };
  return [all.length, ...all.filter(e => contrast(e) < 4.5).map(e => e.outerHTML.slice(0, 120))];
})()";

/// What must hold on every page, as one value of its width: phones widen their window to what overflows.
const SOUND: &str = r"(width => ({
  overflow: document.documentElement.scrollWidth - width,
  wider: [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1)
    .map(e => e.outerHTML.slice(0, 120)),
  plots: [...document.querySelectorAll('.plot')].map(e => e.id),
  empty: [...document.querySelectorAll('.plot')].filter(e => !e.querySelector('svg[role=img] :is(rect, circle)')).map(e => e.id),
  untitled: [...document.querySelectorAll('svg[role=img]')].filter(e => !e.querySelector('title')?.textContent.trim()).length,
  flat: [...document.querySelectorAll('svg[role=img]')].filter(e => e.getBoundingClientRect().height < 8).length,
  thin: [...document.querySelectorAll('th, td, .name, .value')].filter(e => !e.closest('.paper') && e.textContent.trim().length > 12)
    .filter(e => e.getBoundingClientRect().width < 70 && getComputedStyle(e.closest('thead') ?? e).position != 'absolute')
    .map(e => e.outerHTML.slice(0, 120)),
  scripts: document.scripts.length,
}))";

fn look(browser: &mut Browser, page: &Path, look: &Look, name: &str) {
    let phone = look.width < 600;
    let size = json!({ "width": look.width, "height": 800, "deviceScaleFactor": 1, "mobile": phone });
    browser.ask("Emulation.setDeviceMetricsOverride", &size);
    let scheme = json!({ "features": [{ "name": "prefers-color-scheme", "value": look.scheme }] });
    browser.ask("Emulation.setEmulatedMedia", &scheme);
    browser.open(&format!("file://{}", page.display()));
    browser.value("document.querySelectorAll('details').forEach((one, index) => one.open = index < 9)");
    let plots = ["plot-scores", "plot-times", "plot-checks", "plot-hints", "plot-timeline"];
    let sound = json!({
        "overflow": 0, "wider": [], "plots": plots, "empty": [], "untitled": 0, "flat": 0, "thin": [], "scripts": 0,
    });
    let who = format!("{name} at {} px, {}", look.width, look.scheme);
    assert_eq!(browser.value(&format!("{SOUND}({})", look.width)), sound, "{who}");
    let faint = browser.value(FAINT);
    assert!(faint[0].as_u64().unwrap() > 50 && faint[1].is_null(), "{who}: {faint:#}");
    assert_quiet(browser, &who);
    keep(browser, &format!("{name}-{}-{}.png", look.width, look.scheme));
}

/// Nothing was complained of, and nothing was asked for but the page itself.
fn assert_quiet(browser: &Browser, who: &str) {
    for kind in
        ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening"]
    {
        assert_eq!(browser.told(kind), Vec::<&Value>::new(), "{who}");
    }
    let requests = browser.told("Network.requestWillBeSent");
    let addresses: Vec<&str> = requests.iter().map(|request| request["request"]["url"].as_str().unwrap()).collect();
    assert!(matches!(addresses[..], [only] if only.starts_with("file://")), "{who}: {addresses:?}");
}

fn screenshots() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots/report");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The first 6000 pixels: enough for the eye.
fn keep(browser: &mut Browser, name: &str) {
    let size = browser.ask("Page.getLayoutMetrics", &json!({}))["cssContentSize"].clone();
    let height = size["height"].as_f64().unwrap().min(6000.0);
    let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1 });
    let taken = browser.ask("Page.captureScreenshot", &json!({ "captureBeyondViewport": true, "clip": clip }));
    std::fs::write(screenshots().join(name), decoded(&taken["data"])).unwrap();
}

fn decoded(data: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(data.as_str().unwrap()).unwrap()
}

#[test]
#[ignore = "needs Chromium"]
fn chromium_shows_a_sound_report_at_every_size() {
    let mut browser = Browser::new();
    let folder = tempfile::tempdir().unwrap();
    let mut alone = results();
    alone.trainees.truncate(1);
    for (name, results) in [("six", results()), ("one", alone), ("crowd", crowd())] {
        let page = folder.path().join(format!("{name}.html"));
        std::fs::write(&page, report::class_html(&results, &TimeZone::UTC).unwrap()).unwrap();
        for one in &LOOKS {
            look(&mut browser, &page, one, name);
        }
    }
}
