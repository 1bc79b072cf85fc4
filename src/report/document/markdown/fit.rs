//! Fits the groups into a limit. It cuts from the least severe end: cases first, then details, then whole groups.

use super::super::GroupView;
use super::group::{Form, group};
use crate::report::number::{counted, grouped, listed};

/// The length of a text in UTF-16 units, an upper bound of its characters.
pub(super) fn size(text: &str) -> usize {
    text.encode_utf16().count()
}

/// As many of `lines` as fit into `room`, each as a list item, and how many more there are.
pub(super) fn lines(lines: impl IntoIterator<Item = String>, room: usize, noun: &str) -> String {
    let more = |left: usize| format!("- and {}, not shown\n", counted(left as u64, noun));
    let room = room.saturating_sub(size(&more(usize::MAX)));
    let (mut text, mut left) = (String::new(), 0);
    for line in lines {
        let line = format!("- {line}\n");
        if left > 0 || size(&text) + size(&line) > room {
            left += 1;
        } else {
            text += &line;
        }
    }
    if left > 0 { text + &more(left) } else { text }
}

/// The groups that fit, and what was cut, as phrases.
pub(super) struct Fitted {
    pub(super) text: String,
    pub(super) cut: Vec<String>,
}

/// Fits groups, the most severe first, into `room`.
///
/// Where not all groups fit in full, every group keeps one line if all lines fit; otherwise lines take half of the room, so
/// that the most severe groups can be shown in full. No group is shown in more detail than the one before it.
pub(super) fn fit(groups: &[GroupView], room: usize, pending: Option<&str>) -> Fitted {
    let whole = within(groups.iter().map(|view| group(view, Form::Full, pending)), room);
    if whole.len() == groups.len() {
        return Fitted { text: whole.concat(), cut: Vec::new() };
    }
    let all_lines = || groups.iter().map(|view| group(view, Form::Line, pending));
    let mut shown = within(all_lines(), room);
    if shown.len() < groups.len() {
        shown = within(all_lines(), room / 2);
    }
    let mut left = room.saturating_sub(shown.iter().map(|text| size(text)).sum());
    let mut form = Form::Full;
    let mut forms = vec![Form::Line; shown.len()];
    'groups: for (view, (text, reached)) in groups.iter().zip(shown.iter_mut().zip(&mut forms)) {
        loop {
            let opened = group(view, form, pending);
            let extra = size(&opened).saturating_sub(size(text));
            if extra <= left {
                (*text, *reached) = (opened, form);
                left -= extra;
                continue 'groups;
            }
            match form {
                Form::Full => form = Form::Open,
                Form::Open | Form::Line => break 'groups,
            }
        }
    }
    Fitted { text: shown.concat(), cut: cut(groups, &forms) }
}

/// The first texts that fit into `room`.
fn within(texts: impl Iterator<Item = String>, room: usize) -> Vec<String> {
    let mut taken = 0;
    texts
        .take_while(|text| {
            taken += size(text);
            taken <= room
        })
        .collect()
}

fn cut(groups: &[GroupView], forms: &[Form]) -> Vec<String> {
    let outcomes = |groups: &[&GroupView]| counted(groups.iter().map(|view| view.count).sum(), "outcome");
    let of = |wanted: Form| -> Vec<_> {
        groups.iter().zip(forms).filter(|(_, form)| **form == wanted).map(|(view, _)| view).collect()
    };
    let counted_only: Vec<_> = groups.iter().skip(forms.len()).collect();
    let open: Vec<_> = of(Form::Open).into_iter().filter(|view| !view.representatives.is_empty()).collect();
    let kinds = [("", counted_only), ("the details of ", of(Form::Line)), ("the cases of ", open)];
    let kinds = kinds.iter().filter(|(_, groups)| !groups.is_empty());
    kinds
        .map(|(what, groups)| format!("{what}{} with {}", counted(groups.len() as u64, "group"), outcomes(groups)))
        .collect()
}

/// What was cut, as a paragraph.
pub(super) fn note(cut: &[String]) -> String {
    if cut.is_empty() {
        return String::new();
    }
    format!("**Cut to fit:** {} are not shown; the report as HTML shows them.\n\n", listed(cut))
}

/// The longest [`note`].
pub(super) fn note_room() -> usize {
    let most = format!("the details of {} groups with {} outcomes", grouped(u64::MAX), grouped(u64::MAX));
    size(&note(&[most.clone(), most.clone(), most.clone(), most]))
}
