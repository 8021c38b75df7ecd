use std::sync::Arc;
use std::time::Duration;

use clap::Args as ClapArgs;

use super::args::Jobs;
use super::output::Reports;
use super::{CliContext, Exit, Ui, ui};
use crate::error::Result;
use crate::id::LabId;
use crate::lab::library::Library;
use crate::ops::attempt::OnFailure;
use crate::ops::prove::{ProveRequest, Unsuitable, prove};
use crate::prove::{Claim, Part, SEEDS};
use crate::report::ProofFormat;

/// Prove that labs are healthy, then broken, then fixable, then gone
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which labs
    #[arg(value_name = "LAB", required_unless_present_any = ["all", "changed"])]
    names: Vec<String>,
    /// Every lab
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Every lab of this git repository whose files, or whose images and program, have changed
    #[arg(long, conflicts_with_all = ["names", "all"])]
    changed: bool,
    /// The commit since which they have, such as origin/main
    #[arg(long, value_name = "REF", default_value = "HEAD", requires = "changed")]
    since: String,
    /// Seeds to prove them on
    #[arg(long, value_delimiter = ',', default_values = SEEDS)]
    seeds: Vec<String>,
    /// Only what has this text in its title, such as `solution` or the path of a wrong fix; may be given several times
    #[arg(long, value_name = "TEXT")]
    claim: Vec<String>,
    #[command(flatten)]
    jobs: Jobs,
    /// Another GitLab image [default: the training image]
    #[arg(long, value_name = "REFERENCE")]
    image: Option<String>,
    /// Try only a part: of each lab its solution, one other repair or wrong fix, and one cheat. The number chooses them, and
    /// the next number chooses others. The command lists what it leaves out
    #[arg(long, value_name = "NUMBER", conflicts_with = "claim")]
    turn: Option<usize>,
    #[command(flatten)]
    reports: Reports<ProofFormat>,
    /// Keep environments in which a claim did not hold
    #[arg(long)]
    keep: bool,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let request = request(args, context, ui)?;
    request.check()?;
    if request.labs.is_empty() {
        args.reports.write(&[])?;
        ui.answer(&Vec::<Claim>::new(), || "Nothing to prove.".into());
        return Ok(Exit::Done);
    }
    let services = context.services().await?;
    let claims = prove(&services, &request).await?;
    args.reports.write(&claims)?;
    ui.answer(&claims, || table(&claims));
    services.app.check_cancelled()?;
    Ok(Exit::of_claims(&claims))
}

fn request(args: &Args, context: &CliContext, ui: &Ui) -> Result<ProveRequest> {
    let (library, names) = chosen(args, context, ui)?;
    Ok(ProveRequest {
        labs: names.iter().map(|name| Ok(Arc::new(library.load(name)?))).collect::<Result<_>>()?,
        unsuitable: if args.names.is_empty() { Unsuitable::LeftOut } else { Unsuitable::Refused },
        seeds: args.seeds.clone(),
        image: args.image.clone(),
        part: args.turn.map_or(Part::All, Part::Turn),
        only: args.claim.clone(),
        jobs: args.jobs.number(),
        on_failure: if args.keep { OnFailure::Keep } else { OnFailure::Remove },
    })
}

/// Chosen labs and their library. With --changed, the library is the folder of this repository.
fn chosen(args: &Args, context: &CliContext, ui: &Ui) -> Result<(Library, Vec<LabId>)> {
    if args.changed {
        let folder = context.labs_dir()?.unwrap_or_else(|| "labs".into());
        let library = Library::new(Some(&folder));
        let names = super::changed::labs(&library, &folder, &args.since, ui)?;
        return Ok((library, names));
    }
    let library = context.library();
    let names = if args.all { library.ids()? } else { args.names.iter().map(LabId::new).collect() };
    Ok((library, names))
}

fn table(claims: &[Claim]) -> String {
    let mut table = ui::table(&["LAB", "SEED", "CLAIM", "", "TIME"]);
    for claim in claims {
        let mark = match claim.holds {
            Some(true) => ui::good("holds"),
            Some(false) => ui::bad("DOES NOT HOLD"),
            None => ui::doubtful("NOT TRIED"),
        };
        let time = format!("{:.1} s", Duration::from_millis(claim.milliseconds).as_secs_f64());
        table.add_row([claim.lab.to_string(), claim.seed.clone(), claim.claim.clone(), mark, time]);
    }
    let why = |claim: &Claim| {
        let lines: String = claim.why.iter().map(|line| format!("  {line}\n")).collect();
        format!("\n{} on seed {}: {}\n{lines}", claim.lab, claim.seed, claim.claim)
    };
    let failures: String = claims.iter().filter(|claim| claim.holds != Some(true)).map(why).collect();
    let held = claims.iter().filter(|claim| claim.holds == Some(true)).count();
    format!("{table}\n{failures}\n{held} of {} claims hold.", claims.len())
}
