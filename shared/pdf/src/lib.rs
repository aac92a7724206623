//! Documents as PDF files. Reports are described where they are made; invoices are described here, because they are sent and downloaded.
//!
//! A document is described, not drawn: this crate chooses where each part stands and when a page ends. It is tagged, so that it can be
//! read aloud, and the same description gives the same bytes.
//!
//! The fonts know Latin, Greek, Cyrillic, Arabic and Hebrew. Any other character is drawn as a box, and can still be copied.

pub mod invoice;
mod layout;
mod paint;
mod text;

use std::fmt;

use jiff::Timestamp;

use crate::{layout::Layout, text::Fonts};

/// A document on sheets of A4.
#[derive(Clone)]
pub struct Document {
    /// What it is, such as `Laboratory report`.
    pub title: String,
    /// The hospital's name, and then lines with its address and how to reach it.
    pub letterhead: Vec<String>,
    /// Labels and values: who it is about. Each page shows the first eight, so that a page that is found alone can be told from
    /// another patient's.
    pub subject: Vec<(String, String)>,
    /// What has to be known before anything else is read, such as that a report is not final. Each page shows it.
    pub notice: Option<String>,
    pub blocks: Vec<Block>,
    /// Stands at the foot of each page, beside the number of the page.
    pub footer: String,
    pub created: Timestamp,
}

/// A part of a document.
#[derive(Clone)]
pub enum Block {
    Heading(String),
    Paragraph(String),
    /// Labels and values.
    Facts(Vec<(String, String)>),
    Table(Table),
}

/// A table. Its head is repeated on each page, and a row is on one page unless it is taller than half of one.
#[derive(Clone)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub title: String,
    /// Its share of the width, in any unit.
    pub width: u16,
    pub align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// A row of a table. Cells that it lacks at its end are empty.
#[derive(Clone)]
pub struct Row {
    pub cells: Vec<String>,
    pub emphasis: Emphasis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emphasis {
    None,
    /// Bold, such as a total.
    Strong,
    /// Bold and with a mark beside it: nobody may overlook it.
    Alert,
}

/// A document could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("the embedded fonts cannot be read")]
    Fonts,
    /// It would lose a value.
    #[error("a row has more cells than its table has columns")]
    Cells,
    #[error("the PDF could not be written")]
    Pdf(#[from] krilla::error::KrillaError),
}

/// Never shows what it says: that is about a patient.
macro_rules! silent {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
silent!(Document, Block, Table, Row);

/// The bytes of a PDF file.
pub fn render(document: &Document) -> Result<Vec<u8>, RenderError> {
    let fonts = Fonts::get().ok_or(RenderError::Fonts)?;
    let (pages, parts) = Layout::new(fonts, document).run()?;
    paint::paint(fonts, &document.title, document.created, &pages, parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pair(label: &str, value: &str) -> (String, String) {
        (label.to_owned(), value.to_owned())
    }

    fn table(rows: Vec<Row>) -> Block {
        let column = |title: &str, width, align| Column { title: title.to_owned(), width, align };
        Block::Table(Table { columns: vec![column("Parameter", 3, Align::Left), column("Result", 1, Align::Right)], rows })
    }

    fn row(cells: &[&str], emphasis: Emphasis) -> Row {
        Row { cells: cells.iter().map(|&cell| cell.to_owned()).collect(), emphasis }
    }

    fn document(text: &str, blocks: Vec<Block>) -> Document {
        Document {
            title: text.to_owned(),
            letterhead: vec![text.to_owned(), "1 Nightingale Road".to_owned()],
            subject: vec![pair("Patient", text), pair("MRN", "MRN-1")],
            notice: Some(text.to_owned()),
            blocks,
            footer: text.to_owned(),
            created: Timestamp::UNIX_EPOCH,
        }
    }

    /// A document with a text in each place that has one.
    fn everywhere(text: &str) -> Document {
        let rows = vec![row(&[text, "6.8"], Emphasis::Alert), row(&["Sodium", text], Emphasis::Strong), row(&[], Emphasis::None)];
        let blocks = vec![
            Block::Heading(text.to_owned()),
            Block::Paragraph(text.to_owned()),
            Block::Facts(vec![pair(text, text), pair("", text)]),
            table(rows),
        ];
        document(text, blocks)
    }

    /// Each text from top to bottom: its page, and where its line ends.
    fn laid_out(document: &Document) -> Vec<(usize, String, f32)> {
        let (pages, _) = Layout::new(Fonts::get().unwrap(), document).run().unwrap();
        let mut lines = Vec::new();
        for (page, items) in pages.iter().enumerate() {
            for item in items {
                if let paint::Item::Text { line, x, size, .. } = item {
                    let glyphs = line.runs.iter().flat_map(|run| &run.glyphs);
                    let said = glyphs.filter_map(|glyph| line.text.get(glyph.text_range.clone())).collect();
                    lines.push((page, said, x + line.width * size));
                }
            }
        }
        lines
    }

    fn is_whole(bytes: &[u8]) -> bool {
        let end = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(1024)..]).into_owned();
        bytes.starts_with(b"%PDF-") && end.contains("startxref") && end.trim_end().ends_with("%%EOF")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_text_can_be_written(text in "(?s).{0,300}") {
            prop_assert!(is_whole(&render(&everywhere(&text)).unwrap()));
        }

        #[test]
        fn a_text_of_any_script_stays_on_the_page(text in "[ a-zé\u{391}-\u{3c9}\u{410}-\u{44f}\u{5d0}-\u{5ea}\u{621}-\u{64a}0-9\u{4e00}-\u{4e20}\u{1f600}-\u{1f610}\u{300}-\u{310}-]{0,300}") {
            let lines = laid_out(&everywhere(&text));
            prop_assert!(lines.iter().all(|(_, _, right)| *right < paint::WIDTH - 56.0), "{lines:?}");
        }
    }

    #[test]
    fn the_same_document_gives_the_same_bytes() {
        let one = everywhere("Ada Lovelace");
        assert_eq!(render(&one).unwrap(), render(&one.clone()).unwrap());
        assert_ne!(render(&one).unwrap(), render(&everywhere("Ada Byron")).unwrap());
    }

    #[test]
    fn hard_texts_are_written() {
        for text in [
            "",
            "\n\n\r\n",
            "\0\u{7}\u{202e}12\u{fffe}",
            "😀👩‍⚕️ 陳大文 राम",
            "محمد عبد الله / שלמה כהן 6.8 mmol/L",
            "\u{300}\u{301}",
            "a\u{200d}\u{fe0f}",
        ] {
            assert!(is_whole(&render(&everywhere(text)).unwrap()), "{text}");
        }
        for long in ["x".repeat(5000), "word ".repeat(1000), "\n".repeat(500), "ב".repeat(2000)] {
            assert!(is_whole(&render(&everywhere(&long)).unwrap()));
        }
        let empty = Document { letterhead: Vec::new(), subject: Vec::new(), notice: None, ..document("", Vec::new()) };
        assert!(is_whole(&render(&empty).unwrap()));
        let no_columns = Block::Table(Table { columns: Vec::new(), rows: vec![row(&[], Emphasis::Alert)] });
        assert!(is_whole(&render(&document("x", vec![no_columns])).unwrap()));
    }

    #[test]
    fn a_row_that_is_taller_than_a_page_is_continued() {
        let words: Vec<String> = (0..3000).map(|number| format!("w{number}")).collect();
        let lines = laid_out(&document("Ada", vec![table(vec![row(&[&words.join(" "), "1"], Emphasis::None)])]));
        let said: Vec<&str> = lines.iter().flat_map(|(_, line, _)| line.split(' ')).filter(|word| word.starts_with('w')).collect();
        assert_eq!(said, words);
    }

    #[test]
    fn each_page_says_whom_it_is_about_and_what_to_know() {
        let rows = (0..200).map(|number| row(&["Potassium", &number.to_string()], Emphasis::None)).collect();
        let one =
            Document { notice: Some("Preliminary.".to_owned()), footer: "Foot".to_owned(), ..document("Ada Lovelace", vec![table(rows)]) };
        let lines = laid_out(&one);
        let pages = lines.iter().map(|(page, ..)| page + 1).max().unwrap();
        assert!(pages > 3);
        for page in 0..pages {
            let on = |text: &str| lines.iter().filter(|(at, line, _)| *at == page && line == text).count();
            let number = format!("Page {} of {pages}", page + 1);
            for text in ["MRN-1", "Preliminary.", "Parameter", "Foot", &number] {
                assert_eq!(on(text), 1, "{text} on page {page}");
            }
            assert!(on("Ada Lovelace") >= 1);
        }
        let values: Vec<String> = lines.into_iter().map(|(_, line, _)| line).filter(|line| line.parse::<u8>().is_ok()).collect();
        assert_eq!(values, (0..200).map(|number| number.to_string()).collect::<Vec<_>>());
    }

    #[test]
    fn a_value_without_a_column_is_an_error() {
        let error = render(&document("x", vec![table(vec![row(&["Potassium", "6.8", "mmol/L"], Emphasis::None)])])).unwrap_err();
        assert!(matches!(error, RenderError::Cells));
    }

    #[test]
    fn numbers_are_not_torn_and_double_names_are() {
        let fonts = Fonts::get().unwrap();
        let lines = |text: &str, width| fonts.wrap(text, false, width).len();
        assert_eq!((lines("10-20", 100.0), lines("Ada King-Noel", 6.0), lines("born 1815-12-10", 7.0)), (1, 2, 2));
        assert!(fonts.wrap("King-Noel", false, 3.5).first().unwrap().width > 2.0);
    }

    #[test]
    fn a_document_in_a_log_says_nothing() {
        let one = everywhere("Ada");
        assert!(!format!("{one:?} {:?}", one.blocks).contains("Ada"));
    }
}
