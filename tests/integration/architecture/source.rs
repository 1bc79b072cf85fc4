//! The names of one source file: what it defines, what it imports, and which paths its code uses.
//!
//! Code under `#[cfg(test)]` is left out: tests may look at anything.

use proc_macro2::{Ident, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, Meta, UseTree, Visibility};

/// The names of one file, inline modules included.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// Modules with a file of their own.
    pub(super) children: BTreeSet<String>,
    /// Items and inline modules.
    pub(super) defined: BTreeSet<String>,
    /// Imported names, and what they stand for.
    pub(super) imported: BTreeMap<String, Import>,
    /// `use PATH::*`.
    pub(super) globs: Vec<Named>,
    /// Paths that code uses, and those of private imports.
    pub(super) paths: Vec<Named>,
    /// Every name that code uses.
    pub(super) words: BTreeSet<String>,
}

/// One name that a `use` brings into scope.
#[derive(Debug)]
pub(super) struct Import {
    pub(super) path: Named,
    /// Whether others can use it: then it is no use of the name in this file.
    pub(super) is_public: bool,
}

/// A path, and the line it begins on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

impl Source {
    pub(super) fn parse(text: &str) -> syn::Result<Self> {
        let mut source = Self::default();
        source.visit_file(&syn::parse_file(text)?);
        Ok(source)
    }

    fn import(&mut self, tree: &UseTree, before: &[String], is_public: bool) {
        let after = |name: &Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.import(&path.tree, &after(&path.ident), is_public),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, before, is_public)),
            UseTree::Glob(glob) => {
                self.globs.push(Named { segments: before.to_vec(), line: glob.star_token.spans[0].start().line });
            }
            UseTree::Name(name) if name.ident == "self" => {
                let Some(last) = before.last() else { return };
                self.bind(last.clone(), before.to_vec(), &name.ident, is_public);
            }
            UseTree::Name(name) => self.bind(name.ident.to_string(), after(&name.ident), &name.ident, is_public),
            UseTree::Rename(name) => self.bind(name.rename.to_string(), after(&name.ident), &name.ident, is_public),
        }
    }

    fn bind(&mut self, name: String, segments: Vec<String>, ident: &Ident, is_public: bool) {
        let path = Named { segments, line: ident.span().start().line };
        if !is_public {
            self.paths.push(path.clone());
        }
        self.imported.insert(name, Import { path, is_public });
    }

    /// The paths in what a macro or an attribute is given.
    fn tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut line, mut colons) = (Vec::new(), 0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.end(&mut path, line);
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    self.end(&mut path, line);
                    colons = 0;
                }
                TokenTree::Group(group) => {
                    self.end(&mut path, line);
                    colons = 0;
                    self.tokens(group.stream());
                }
            }
        }
        self.end(&mut path, line);
    }

    fn end(&mut self, path: &mut Vec<String>, line: usize) {
        if !path.is_empty() {
            self.words.extend(path.iter().cloned());
            self.paths.push(Named { segments: mem::take(path), line });
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the enum may grow with the language; an unknown kind fails")]
impl Visit<'_> for Source {
    fn visit_item(&mut self, item: &Item) {
        let (name, attributes) = match item {
            Item::Const(item) => (Some(&item.ident), &item.attrs),
            Item::Enum(item) => (Some(&item.ident), &item.attrs),
            Item::Fn(item) => (Some(&item.sig.ident), &item.attrs),
            Item::Impl(item) => (None, &item.attrs),
            Item::Macro(item) => (item.ident.as_ref(), &item.attrs),
            Item::Mod(item) => (item.content.is_some().then_some(&item.ident), &item.attrs),
            Item::Static(item) => (Some(&item.ident), &item.attrs),
            Item::Struct(item) => (Some(&item.ident), &item.attrs),
            Item::Trait(item) => (Some(&item.ident), &item.attrs),
            Item::Type(item) => (Some(&item.ident), &item.attrs),
            Item::Use(item) => (None, &item.attrs),
            _ => panic!("an item of a kind that this test does not know"),
        };
        if is_for_tests(attributes) {
            return;
        }
        self.defined.extend(name.map(Ident::to_string));
        match item {
            Item::Use(item) => self.import(&item.tree, &[], !matches!(item.vis, Visibility::Inherited)),
            Item::Mod(ItemMod { ident, content: None, .. }) => {
                self.children.insert(ident.to_string());
            }
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_impl_item_fn(&mut self, item: &syn::ImplItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    /// `pub(in PATH)` uses nothing.
    fn visit_visibility(&mut self, _: &Visibility) {}

    fn visit_attribute(&mut self, attribute: &Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.words.extend(segments.iter().cloned());
        let line = path.segments.first().map_or(0, |first| first.ident.span().start().line);
        self.paths.push(Named { segments, line });
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_test = |meta: &Meta| meta.path().is_ident("test");
        is_test(&attribute.meta)
            || (attribute.path().is_ident("cfg") && attribute.parse_args().is_ok_and(|meta: Meta| is_test(&meta)))
    })
}
