//! The elements of `JUnit` XML, in the form that the common readers agree on: suites of cases, each passed, failed, in error
//! or skipped. Text is made visible here, so that it is valid in XML and hides nothing.

use crate::report::escape::visible;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io::{self, Write};

/// Spaces by which an element is indented in its parent.
const INDENT: usize = 4;

/// All suites of one document.
pub(in crate::report) struct Report {
    name: String,
    suites: Vec<Suite>,
}

/// Cases with a common subject.
pub(in crate::report) struct Suite {
    name: String,
    properties: Vec<(String, String)>,
    cases: Vec<Case>,
}

/// One case.
pub(in crate::report) struct Case {
    name: String,
    class_name: String,
    status: Status,
}

/// The result of a case.
pub(in crate::report) enum Status {
    Passed,
    /// Something was found; of which kind.
    Failed(String, Said),
    /// Something prevented a finding; of which kind.
    Error(String, Said),
    /// There is no result.
    Skipped(Said),
}

/// Why a case has not passed.
pub(in crate::report) struct Said {
    message: String,
    /// Empty for none.
    lines: String,
}

impl Said {
    pub(in crate::report) fn new(message: &str, lines: &[String]) -> Self {
        let lines: Vec<_> = lines.iter().map(|line| visible(line)).collect();
        Self { message: visible(message).into_owned(), lines: lines.join("\n") }
    }

    fn write<W: Write>(&self, name: &str, kind: Option<&str>, out: &mut Writer<W>) -> io::Result<()> {
        let element = out.create_element(name).with_attribute(("message", self.message.as_str()));
        let element = element.with_attributes(kind.map(|kind| ("type", kind)));
        if self.lines.is_empty() {
            element.write_empty()?;
        } else {
            element.write_text_content(BytesText::new(&self.lines))?;
        }
        Ok(())
    }
}

impl Case {
    pub(in crate::report) fn new(name: &str, class_name: &str, status: Status) -> Self {
        Self { name: visible(name).into_owned(), class_name: visible(class_name).into_owned(), status }
    }

    fn write<W: Write>(&self, out: &mut Writer<W>) -> io::Result<()> {
        let element = out.create_element("testcase").with_attribute(("name", self.name.as_str()));
        let element = element.with_attribute(("classname", self.class_name.as_str()));
        let (name, kind, said) = match &self.status {
            Status::Passed => return element.write_empty().map(|_| ()),
            Status::Failed(kind, said) => ("failure", Some(kind.as_str()), said),
            Status::Error(kind, said) => ("error", Some(kind.as_str()), said),
            Status::Skipped(said) => ("skipped", None, said),
        };
        element.write_inner_content(|out| said.write(name, kind, out)).map(|_| ())
    }
}

impl Suite {
    pub(in crate::report) fn new(name: &str) -> Self {
        Self { name: visible(name).into_owned(), properties: Vec::new(), cases: Vec::new() }
    }

    pub(in crate::report) fn property(&mut self, name: &str, value: &str) {
        self.properties.push((name.to_owned(), visible(value).into_owned()));
    }

    pub(in crate::report) fn case(&mut self, case: Case) {
        self.cases.push(case);
    }

    fn count(&self, is_counted: fn(&Status) -> bool) -> usize {
        self.cases.iter().filter(|case| is_counted(&case.status)).count()
    }

    fn write<W: Write>(&self, out: &mut Writer<W>) -> io::Result<()> {
        let counts = [("tests", self.cases.len()), ("skipped", self.count(is_skipped))];
        let counts = counts.into_iter().chain([("errors", self.count(is_error)), ("failures", self.count(is_failed))]);
        let element = out.create_element("testsuite").with_attribute(("name", self.name.as_str()));
        let counts: Vec<_> = counts.map(|(name, count)| (name, count.to_string())).collect();
        let element = element.with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())));
        element.write_inner_content(|out| {
            if !self.properties.is_empty() {
                out.create_element("properties").write_inner_content(|out| {
                    self.properties.iter().try_for_each(|(name, value)| {
                        let property = out.create_element("property").with_attribute(("name", name.as_str()));
                        property.with_attribute(("value", value.as_str())).write_empty().map(|_| ())
                    })
                })?;
            }
            self.cases.iter().try_for_each(|case| case.write(out))
        })?;
        Ok(())
    }
}

const fn is_skipped(status: &Status) -> bool {
    matches!(status, Status::Skipped(_))
}

const fn is_error(status: &Status) -> bool {
    matches!(status, Status::Error(..))
}

const fn is_failed(status: &Status) -> bool {
    matches!(status, Status::Failed(..))
}

impl Report {
    pub(in crate::report) fn new(name: &str) -> Self {
        Self { name: visible(name).into_owned(), suites: Vec::new() }
    }

    pub(in crate::report) fn suite(&mut self, suite: Suite) {
        self.suites.push(suite);
    }

    pub(in crate::report) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let count = |is_counted| self.suites.iter().map(|suite| suite.count(is_counted)).sum::<usize>();
        let counts = [
            ("tests", count(|_| true)),
            ("skipped", count(is_skipped)),
            ("failures", count(is_failed)),
            ("errors", count(is_error)),
        ]
        .map(|(name, count)| (name, count.to_string()));
        let mut writer = Writer::new_with_indent(out, b' ', INDENT);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let element = writer.create_element("testsuites").with_attribute(("name", self.name.as_str()));
        let element = element.with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())));
        element.write_inner_content(|out| self.suites.iter().try_for_each(|suite| suite.write(out)))?;
        writeln!(writer.get_mut())
    }
}

/// What a reader of XML finds: the name and the number of cases of each suite.
#[cfg(test)]
pub(in crate::report) fn suites_of(xml: &str) -> Vec<(String, usize)> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut suites: Vec<(String, usize)> = Vec::new();
    loop {
        let event = reader.read_event().unwrap();
        if let Event::Start(element) | Event::Empty(element) = &event {
            let attributes = element.attributes().map(|attribute| {
                let attribute = attribute.unwrap();
                let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap();
                (attribute.key.as_ref().to_vec(), value.into_owned())
            });
            let attributes: Vec<_> = attributes.collect();
            match element.name().as_ref() {
                b"testsuite" => {
                    let name = attributes.into_iter().find(|(key, _)| key == b"name");
                    suites.push((name.unwrap().1, 0));
                }
                b"testcase" => suites.last_mut().unwrap().1 += 1,
                _ => {}
            }
        } else if let Event::GeneralRef(reference) = &event {
            assert!(["amp", "lt", "gt", "quot", "apos"].contains(&&*reference.decode().unwrap()), "{reference:?}");
        } else if event == Event::Eof {
            return suites;
        }
    }
}
