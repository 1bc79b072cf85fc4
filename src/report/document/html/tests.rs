//! The page: its content, its tags for hostile documents, and pages for the browser test.

use super::super::DiffRow;
use super::super::fixture::{CANARY, HOSTILE, case, document, hostile, redacted};
use super::*;
use crate::outcome::Divergence;
use crate::report::fixture::{assert_visible, written};
use regex::Regex;
use std::collections::BTreeSet;
use std::path::Path;

fn page(document: &Document) -> String {
    written(|out| write_html(document, out))
}

/// The page without its style and script.
fn body(document: &Document) -> String {
    page(document).replace(STYLE, "").replace(SCRIPT, "")
}

/// Tags with the names of their attributes. `<` and `>` of texts are escaped, so that a tag is all text between them.
fn tags(html: &str) -> BTreeSet<String> {
    let tag = Regex::new("<([^>]*)>").unwrap();
    let attribute = Regex::new(r#"\s([^\s="]+)(?:="[^"]*")?"#).unwrap();
    let shape = |tag: &str| {
        let (name, rest) = tag.find(char::is_whitespace).map_or((tag, ""), |end| tag.split_at(end));
        let names: Vec<_> = attribute.captures_iter(rest).map(|found| found[1].to_owned()).collect();
        format!("{name} {}", names.join(" ")).trim_end().to_owned()
    };
    tag.captures_iter(html).map(|found| shape(&found[1])).collect()
}

/// As many cases as a page may have, of every class, with many tags.
fn large() -> Document {
    let mut document = document();
    let fingerprint = document.changes.as_ref().unwrap().groups[1].fingerprint.clone();
    let texts = ["Купи хлеб, молоко и яйца", "Buy milk and a dozen eggs", "Добавь в список два литра кефира"];
    document.cases = (0..10_000)
        .map(|number| {
            let mut case = case(number, texts[number % texts.len()]);
            case.class = Divergence::ALL[number % Divergence::ALL.len()];
            // As many rows as an entry has.
            let like = case.diff.rows[0].clone();
            let decision = ["status", "action", "confidence", "job_type", "item"];
            let fields =
                ["baseline", "decision"].into_iter().flat_map(|side| decision.map(|field| format!("{side} · {field}")));
            case.diff.rows.extend(fields.map(|field| DiffRow { field, ..like.clone() }));
            case.tags = vec![format!("tag-{:02}", number % 40), ["ru", "en"][number % 2].to_owned()];
            case.group = (number % 4 == 0).then(|| fingerprint.clone());
            case
        })
        .collect();
    document.cases_left_out = 2345;
    document
}

#[test]
fn the_page_shows_the_whole_document() {
    let block = Regex::new(
        "<(section|article|h[123]|p|li|tr|t?head|title|caption|details|summary|text|desc|form|label|nav|dialog)[ >]",
    )
    .unwrap();
    let policy = Regex::new("sha256-[A-Za-z0-9+/=]+").unwrap();
    let body = body(&document());
    let body = policy.replace_all(&body, "sha256-…");
    insta::assert_snapshot!(block.replace_all(&body, "\n$0"));
}

#[test]
fn hostile_text_adds_no_tag_and_no_attribute_and_hides_nothing() {
    let html = body(&hostile());
    assert!(html.contains("&lt;/script&gt;&lt;script&gt;alert(1)"), "the texts are there, as text");
    assert!(!html.contains(HOSTILE));
    let known = tags(&body(&document()));
    let unknown: Vec<_> = tags(&html).difference(&known).cloned().collect();
    assert_eq!(unknown, Vec::<String>::new());
    assert_visible(&html);
}

#[test]
fn a_link_leads_into_the_page_and_nothing_is_loaded() {
    let names = Regex::new(r#"\s(src|srcset|href|action|style|on[a-z]+|data|poster|background)="([^"]*)""#).unwrap();
    let inner = Regex::new("^#[a-z]+(-[0-9]+)?$").unwrap();
    for html in [body(&document()), body(&hostile())] {
        for found in names.captures_iter(&html) {
            assert!(&found[1] == "href" && inner.is_match(&found[2]), "{}", &found[0]);
        }
        assert_eq!(html.matches("<script").count(), 1);
        assert_eq!(html.matches("<style").count(), 1);
    }
}

#[test]
fn the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() {
    let html = page(&hostile());
    let between = |begin: &str, end: &str| {
        let from = html.find(begin).unwrap() + begin.len();
        html[from..][..html[from..].find(end).unwrap()].to_owned()
    };
    let digest = |text: String| STANDARD.encode(Sha256::digest(text));
    let (style, script) = (digest(between("<style>", "</style>")), digest(between("<script>", "</script>")));
    let policy = between("http-equiv=\"Content-Security-Policy\" content=\"", "\">");
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; \
             form-action 'none'"
        )
    );
}

#[test]
fn a_redacted_page_says_so_and_has_no_place_for_a_text() {
    let html = body(&redacted());
    assert!(html.contains("Redacted."));
    assert!(html.contains("text left out"));
    assert!(CANARY.split(' ').all(|word| !html.contains(word)), "{html}");
}

#[test]
fn a_page_without_all_cases_says_so() {
    let mut document = document();
    assert!(!body(&document).contains("Cut."));
    document.cases_left_out = 1200;
    assert!(body(&document).contains("The list of cases lacks 1,200 cases"));
    assert!(body(&document).contains("1,200 more are not in this page"));
    document.cases.clear();
    assert!(body(&document).contains("Its cases are not in the list of this page."));
}

#[test]
fn a_group_that_is_pending_says_how_to_settle_it() {
    let mut document = document();
    assert!(
        body(&document).contains(
            "corridor accept household --rules strict --group abababababab@cdcdcdcdcdcd --reason &quot;…&quot;"
        )
    );
    assert_eq!(body(&document).matches("This kind is not accepted without a reason.").count(), 1);
    document.changes.as_mut().unwrap().pending = false;
    assert!(!body(&document).contains("corridor accept"));
}

#[test]
fn a_document_of_golden_files_alone_is_a_page() {
    let document = Document { runs: Vec::new(), ..document() };
    assert!(body(&document).contains("No stored run is shown"));
    let nothing = Document { changes: None, cases: Vec::new(), ..document };
    assert!(body(&nothing).contains("Nothing was compared."));
}

#[test]
fn the_same_document_is_the_same_page() {
    assert_eq!(page(&large()), page(&large()));
}

/// Writes the pages that `tests/browser` opens.
#[test]
#[ignore = "writes pages for tests/browser into the folder that CORRIDOR_PAGES names"]
#[expect(clippy::disallowed_methods, reason = "the environment of a test, and its clock to say how long a page takes")]
fn pages_for_the_browser() {
    let folder = std::env::var_os("CORRIDOR_PAGES").expect("CORRIDOR_PAGES names a folder");
    let pages = [("plain", document()), ("hostile", hostile()), ("redacted", redacted()), ("large", large())];
    for (name, document) in pages {
        let begin = std::time::Instant::now();
        let html = page(&document);
        println!("{name}: {} bytes in {} ms", html.len(), begin.elapsed().as_millis());
        std::fs::write(Path::new(&folder).join(format!("{name}.html")), html).unwrap();
    }
}
