//! Which file of `src` uses what another file defines. Names that are passed on (`pub use`) lead to where they are defined.

use super::source::{Named, Source};
use std::collections::{BTreeMap, BTreeSet};

/// `[decide, baseline, item]` for `src/decide/baseline/item.rs`; the root of the crate is empty.
pub(super) type ModulePath = Vec<String>;

/// Every file, and what it uses of which other files.
pub(super) struct Graph {
    files: BTreeMap<ModulePath, Source>,
    uses: BTreeMap<ModulePath, BTreeMap<ModulePath, Named>>,
}

impl Graph {
    pub(super) fn new(files: BTreeMap<ModulePath, Source>) -> Self {
        let mut graph = Self { files, uses: BTreeMap::new() };
        graph.uses = graph.files.keys().map(|file| (file.clone(), graph.used_by(file))).collect();
        graph
    }

    /// What every file uses of other files: the first place of each.
    pub(super) fn uses(&self) -> impl Iterator<Item = (&ModulePath, &ModulePath, &Named)> {
        self.uses.iter().flat_map(|(from, uses)| uses.iter().map(move |(to, named)| (from, to, named)))
    }

    fn used_by(&self, file: &ModulePath) -> BTreeMap<ModulePath, Named> {
        let source = &self.files[file];
        let passed_on =
            source.imported.iter().filter(|(name, import)| import.is_public && source.words.contains(*name));
        let mut uses = BTreeMap::new();
        for named in source.paths.iter().chain(&source.globs).chain(passed_on.map(|(_, import)| &import.path)) {
            let defined_in = self.definition(file, &named.segments, &mut BTreeSet::new());
            if let Some(target) = defined_in.filter(|target| target != file) {
                uses.entry(target).or_insert_with(|| named.clone());
            }
        }
        uses
    }

    /// The file that defines what `path` leads to from `file`; `None` for a module, a local name, and another crate.
    fn definition(
        &self,
        file: &ModulePath,
        path: &[String],
        met: &mut BTreeSet<(ModulePath, Vec<String>)>,
    ) -> Option<ModulePath> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.item(Vec::new(), rest, met),
            "self" => self.item(file.clone(), rest, met),
            "super" => {
                let climbs = path.iter().take_while(|segment| *segment == "super").count();
                let above = file.get(..file.len().checked_sub(climbs)?)?;
                self.item(above.to_vec(), &path[climbs..], met)
            }
            _ => self.item(file.clone(), path, met),
        }
    }

    fn item(
        &self,
        module: ModulePath,
        path: &[String],
        met: &mut BTreeSet<(ModulePath, Vec<String>)>,
    ) -> Option<ModulePath> {
        let (name, rest) = path.split_first()?;
        let source = self.files.get(&module)?;
        if source.defined.contains(name) {
            return Some(module);
        }
        if source.children.contains(name) {
            return self.item([module, vec![name.clone()]].concat(), rest, met);
        }
        // A name may be imported from a crate of the same name, or through two globs that see each other.
        if !met.insert((module.clone(), path.to_vec())) {
            return None;
        }
        if let Some(import) = source.imported.get(name) {
            return self.definition(&module, &[&import.path.segments, rest].concat(), met);
        }
        source.globs.iter().find_map(|glob| self.definition(&module, &[&glob.segments, path].concat(), met))
    }

    /// Files that use each other, directly or through others; each group in the order of their names.
    pub(super) fn circles(&self) -> Vec<Vec<&ModulePath>> {
        let reached: BTreeMap<_, _> = self.files.keys().map(|file| (file, self.reached_from(file))).collect();
        let mut circles = BTreeSet::new();
        for (file, others) in &reached {
            let circle: Vec<_> = others.iter().copied().filter(|other| reached[other].contains(file)).collect();
            if !circle.is_empty() {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    fn reached_from<'a>(&'a self, file: &'a ModulePath) -> BTreeSet<&'a ModulePath> {
        let (mut reached, mut open) = (BTreeSet::new(), vec![file]);
        while let Some(next) = open.pop() {
            open.extend(self.uses[next].keys().filter(|target| reached.insert(*target)));
        }
        reached
    }
}
