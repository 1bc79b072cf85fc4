use corridor::{decide::*, model::*};
use std::io::*;
fn main() {
    let rules: RuleSet = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut o = BufWriter::new(stdout());
    for l in stdin().lines() {
        let l = l.unwrap();
        let r: Recording = serde_json::from_str(&l).unwrap_or_else(|e| panic!("{e} {l}"));
        let env = r.environment.clone().unwrap_or_default();
        let p = OurPath::new(Settings::from_environment(&env, &PolicySource::BuiltIn), rules);
        let d = IdDigest::of(&r.command.command_id);
        let x = p.decide(&r, &d);
        writeln!(o, "{}", serde_json::to_string(&DecisionLine::new(&r.command.command_id, &x)).unwrap()).unwrap();
    }
}
