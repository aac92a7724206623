//! Where everything stands: rows of text from top to bottom, page by page.
//!
//! A paragraph is a row with one cell, so all that is known of pages is in [`Layout::row`].

use std::num::NonZeroU16;

use krilla::tagging::{TableHeaderScope, Tag, TagKind};

use crate::{
    Align, Block, Document, Emphasis, RenderError, Table,
    paint::{HEIGHT, Item, Part, WIDTH},
    text::{Fonts, Line},
};

/// 20 mm.
const MARGIN: f32 = 56.693;
const INNER: f32 = WIDTH - 2.0 * MARGIN;
const BOTTOM: f32 = HEIGHT - MARGIN;
/// A value at the head of a page takes this many lines at most, so that there is room for what the page is for.
const HEAD_LINES: usize = 6;
const HEAD_PAIRS: usize = 8;
/// How wide the values are there. The first is a name.
const HEAD_COLUMNS: [u16; 4] = [3, 2, 2, 2];

const BLACK: u8 = 0;
const DARK: u8 = 85;
const RULE: u8 = 200;
const SHADE: u8 = 236;
const WHITE: u8 = 255;

#[derive(Clone, Copy)]
struct Style {
    size: f32,
    bold: bool,
    grey: u8,
}

const BODY: Style = Style { size: 9.0, bold: false, grey: BLACK };
const STRONG: Style = Style { bold: true, ..BODY };
const LABEL: Style = Style { grey: DARK, ..BODY };
const SMALL: Style = Style { size: 7.5, bold: false, grey: DARK };
const RUNNING: Style = Style { size: 8.0, ..STRONG };
const NOTICE: Style = Style { size: 10.5, ..STRONG };
const HEADING: Style = Style { size: 11.0, ..STRONG };
const HOSPITAL: Style = Style { size: 14.0, ..STRONG };
const TITLE: Style = Style { size: 18.0, ..STRONG };

#[derive(Clone)]
struct Cell {
    lines: Vec<Line>,
    style: Style,
    x: f32,
    width: f32,
    align: Align,
    part: Option<usize>,
}

/// How a row looks.
#[derive(Clone, Copy, Default)]
struct Look {
    above: f32,
    below: f32,
    /// Inside what frames it, above and below its text.
    padding: f32,
    frame: Frame,
    /// May start on one page and end on the next.
    splits: bool,
    /// The room that has to be left for what follows.
    keeps: f32,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Frame {
    #[default]
    None,
    Ruled,
    Shaded,
    Boxed,
}

const CELL: Look = Look { padding: 3.2, frame: Frame::Ruled, above: 0.0, below: 0.0, splits: false, keeps: 0.0 };
const TABLE_HEAD: Look = Look { padding: 4.2, frame: Frame::Shaded, ..CELL };
const BOX: Look = Look { padding: 7.0, frame: Frame::Boxed, above: 4.0, below: 8.0, ..CELL };
const PLAIN: Look = Look { padding: 0.0, frame: Frame::None, splits: true, ..CELL };
/// Stands beside a row that nobody may overlook, in the margin.
const MARK: &str = "▶";
const MARK_ROOM: f32 = 11.0;
/// Between the text of a cell and its edge.
const GUTTER: f32 = 5.0;

pub(crate) struct Layout<'a> {
    fonts: &'a Fonts,
    document: &'a Document,
    pages: Vec<Vec<Item>>,
    parts: Vec<Part>,
    /// The page that is drawn on.
    on: usize,
    /// The head of the table that is being laid out.
    table_head: Vec<Cell>,
    y: f32,
    /// Where the page begins below what is repeated on each.
    fresh: f32,
}

impl<'a> Layout<'a> {
    pub(crate) fn new(fonts: &'a Fonts, document: &'a Document) -> Self {
        let pages = vec![Vec::new()];
        Self { fonts, document, pages, parts: Vec::new(), on: 0, table_head: Vec::new(), y: MARGIN, fresh: MARGIN }
    }

    pub(crate) fn run(mut self) -> Result<(Vec<Vec<Item>>, Vec<Part>), RenderError> {
        self.first_head();
        for block in &self.document.blocks {
            match block {
                Block::Heading(text) => {
                    let tag = Tag::Hn(NonZeroU16::MIN.saturating_add(1), Some(text.clone()));
                    self.block(text, HEADING, Look { above: 12.0, below: 4.0, keeps: 72.0, ..PLAIN }, tag);
                }
                Block::Paragraph(text) => self.block(text, BODY, Look { above: 2.0, below: 4.0, ..PLAIN }, Tag::P),
                Block::Facts(facts) => self.facts(facts),
                Block::Table(table) => self.table(table)?,
            }
        }
        self.feet();
        Ok((self.pages, self.parts))
    }

    fn first_head(&mut self) {
        let document = self.document;
        for (at, text) in document.letterhead.iter().enumerate() {
            self.block(text, if at == 0 { HOSPITAL } else { LABEL }, PLAIN, Tag::P);
        }
        self.y += 4.0;
        self.rule(12.0, DARK);
        let tag = Tag::Hn(NonZeroU16::MIN, Some(document.title.clone()));
        self.block(&document.title, TITLE, Look { below: 6.0, ..PLAIN }, tag);
        if let Some(notice) = &document.notice {
            let part = self.part(Tag::P, None);
            let cell = self.cell(notice, NOTICE, MARGIN + 10.0, INNER - 20.0, Some(part));
            self.row(&[cell], BOX);
        }
        self.subject(&document.subject, true);
    }

    /// What later pages show again.
    fn running_head(&mut self) {
        let document = self.document;
        let hospital = document.letterhead.first().map_or("", String::as_str);
        let name = if hospital.is_empty() { document.title.clone() } else { format!("{} · {hospital}", document.title) };
        for text in [Some(&name), document.notice.as_ref()].into_iter().flatten() {
            let cell = self.cell(text, RUNNING, MARGIN, INNER, None).clipped(self.fonts, 2);
            self.portion(&[cell], 0, usize::MAX, Look { below: 3.0, ..PLAIN });
        }
        self.subject(document.subject.get(..HEAD_PAIRS).unwrap_or(&document.subject), false);
    }

    /// Labels, and the values below them.
    fn subject(&mut self, pairs: &[(String, String)], tagged: bool) {
        let shares = HEAD_COLUMNS.get(..pairs.len()).unwrap_or(&HEAD_COLUMNS);
        self.rule(4.0, RULE);
        for pairs in pairs.chunks(HEAD_COLUMNS.len()) {
            let (mut labels, mut values) = (Vec::new(), Vec::new());
            for ((label, value), (x, width)) in pairs.iter().zip(columns(shares)) {
                let part = tagged.then(|| self.part(Tag::P, None));
                labels.push(self.cell(label, SMALL, x - GUTTER, width, part).clipped(self.fonts, HEAD_LINES));
                values.push(self.cell(value, STRONG, x - GUTTER, width, part).clipped(self.fonts, HEAD_LINES));
            }
            for (row, below) in [(labels, 0.0), (values, 4.0)] {
                let look = Look { below, ..PLAIN };
                if tagged { self.row(&row, look) } else { self.portion(&row, 0, usize::MAX, look) }
            }
        }
        self.rule(12.0, RULE);
    }

    /// The foot of each page. The number of pages is known only now.
    fn feet(&mut self) {
        let (count, room) = (self.pages.len(), 90.0);
        for at in 0..count {
            self.y = BOTTOM + 10.0;
            let footer = self.cell(&self.document.footer, SMALL, MARGIN, INNER - room, None).clipped(self.fonts, 2);
            let number = self.cell(&format!("Page {} of {count}", at + 1), SMALL, WIDTH - MARGIN - room, room, None);
            self.on = at;
            self.rule(4.0, RULE);
            self.portion(&[footer, Cell { align: Align::Right, ..number }], 0, usize::MAX, PLAIN);
        }
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        let table = self.part(Tag::Table, None);
        for (label, value) in facts {
            let row = self.part(Tag::TR, Some(table));
            let tags: [TagKind; 2] = [Tag::TH(TableHeaderScope::Row).into(), Tag::TD.into()];
            let cells =
                columns(&[1, 3]).into_iter().zip(tags).zip([(label, LABEL), (value, BODY)]).map(|(((x, width), tag), (text, style))| {
                    let part = self.part(tag, Some(row));
                    self.cell(text, style, x - GUTTER, width, Some(part))
                });
            let cells: Vec<Cell> = cells.collect();
            self.row(&cells, Look { below: 3.0, ..PLAIN });
        }
        self.y += 4.0;
    }

    fn table(&mut self, table: &Table) -> Result<(), RenderError> {
        let widths: Vec<u16> = table.columns.iter().map(|column| column.width).collect();
        let columns: Vec<_> = columns(&widths).into_iter().zip(&table.columns).collect();
        let tag = self.part(Tag::Table, None);
        let row = self.part(Tag::TR, Some(tag));
        let head = columns.iter().map(|((x, width), column)| {
            let part = self.part(Tag::TH(TableHeaderScope::Column), Some(row));
            let cell = self.cell(&column.title, STRONG, *x, *width, Some(part)).clipped(self.fonts, HEAD_LINES);
            Cell { align: column.align, ..cell }
        });
        let head: Vec<Cell> = head.collect();
        let mut rows = Vec::new();
        for row in &table.rows {
            if row.cells.len() > columns.len() {
                return Err(RenderError::Cells);
            }
            let part = self.part(Tag::TR, Some(tag));
            let style = if row.emphasis == Emphasis::None { BODY } else { STRONG };
            let texts = row.cells.iter().map(String::as_str).chain(std::iter::repeat(""));
            let cells = columns.iter().zip(texts).map(|(((x, width), column), text)| {
                let part = self.part(Tag::TD, Some(part));
                Cell { align: column.align, ..self.cell(text, style, *x, *width, Some(part)) }
            });
            let mut cells: Vec<Cell> = cells.collect();
            if row.emphasis == Emphasis::Alert {
                let part = cells.first().and_then(|cell| cell.part);
                cells.insert(0, self.cell(MARK, style, MARGIN - MARK_ROOM, MARK_ROOM, part));
            }
            rows.push(cells);
        }
        let keeps = rows.first().map_or(0.0, |row| CELL.together(row));
        self.row(&head, Look { keeps, ..TABLE_HEAD });
        self.table_head = head.into_iter().map(|cell| Cell { part: None, ..cell }).collect();
        for row in rows {
            self.row(&row, CELL);
        }
        self.table_head.clear();
        self.y += 8.0;
        Ok(())
    }

    /// A text over the whole width.
    fn block(&mut self, text: &str, style: Style, look: Look, tag: impl Into<TagKind>) {
        let part = self.part(tag, None);
        let cell = self.cell(text, style, MARGIN, INNER, Some(part));
        self.row(&[cell], look);
    }

    fn cell(&self, text: &str, style: Style, x: f32, width: f32, part: Option<usize>) -> Cell {
        Cell { lines: self.fonts.wrap(text, style.bold, width / style.size), style, x, width, align: Align::Left, part }
    }

    fn part(&mut self, tag: impl Into<TagKind>, parent: Option<usize>) -> usize {
        self.parts.push(Part { tag: tag.into(), parent, children: Vec::new() });
        self.parts.len() - 1
    }

    /// The only place where a page ends.
    fn row(&mut self, cells: &[Cell], look: Look) {
        let (count, leading) = (count(cells), leading(cells));
        if self.y > self.fresh {
            self.y += look.above;
        }
        if self.y + look.together(cells) + look.keeps > BOTTOM {
            self.new_page();
        }
        let mut from = 0;
        while from < count {
            let fits = (1..=count - from).take_while(|lines| self.y + look.height(*lines, leading) <= BOTTOM).count();
            if fits == 0 && self.y > self.fresh {
                self.new_page();
            } else {
                // A fresh page has room for a line. If it had not, this would still come to an end.
                self.portion(cells, from, fits.max(1), look);
                from += fits.max(1);
            }
        }
    }

    fn new_page(&mut self) {
        // Already new, and still too small.
        if self.y <= self.fresh {
            return;
        }
        self.pages.push(Vec::new());
        self.on = self.pages.len() - 1;
        self.y = MARGIN;
        self.running_head();
        let head = std::mem::take(&mut self.table_head);
        if !head.is_empty() {
            self.portion(&head, 0, usize::MAX, TABLE_HEAD);
        }
        self.table_head = head;
        self.fresh = self.y;
    }

    /// Some lines of each cell, and what frames them.
    fn portion(&mut self, cells: &[Cell], from: usize, lines: usize, look: Look) {
        let (lines, leading) = (lines.min(count(cells)), leading(cells));
        let height = look.height(lines, leading);
        let y = self.y;
        match look.frame {
            Frame::None => {}
            Frame::Ruled => self.fill(MARGIN, y + height - 0.5, INNER, 0.5, RULE),
            Frame::Shaded => self.fill(MARGIN, y, INNER, height, SHADE),
            Frame::Boxed => {
                self.fill(MARGIN, y, INNER, height, BLACK);
                self.fill(MARGIN + 1.0, y + 1.0, INNER - 2.0, height - 2.0, WHITE);
            }
        }
        for cell in cells {
            let Style { size, grey, .. } = cell.style;
            let mut middle = y + look.padding + leading / 2.0;
            for line in cell.lines.iter().skip(from).take(lines) {
                let free = if cell.align == Align::Right { cell.width - line.width * size } else { 0.0 };
                // Half of what a capital is high.
                let baseline = middle + 0.365 * size;
                self.draw(Item::Text { line: line.clone(), x: cell.x + free, baseline, size, grey, part: cell.part });
                middle += leading;
            }
        }
        self.y += height + look.below;
    }

    fn rule(&mut self, below: f32, grey: u8) {
        self.fill(MARGIN, self.y, INNER, 0.75, grey);
        self.y += below;
    }

    fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, grey: u8) {
        self.draw(Item::Box { x, y, width, height, grey });
    }

    fn draw(&mut self, item: Item) {
        if let Some(page) = self.pages.get_mut(self.on) {
            page.push(item);
        }
    }
}

impl Cell {
    fn clipped(mut self, fonts: &Fonts, most: usize) -> Self {
        if self.lines.len() > most {
            self.lines.truncate(most - 1);
            self.lines.extend(fonts.wrap("…", self.style.bold, self.width));
        }
        self
    }
}

impl Look {
    /// How much of a row has to be on one page: all, unless it is taller than half a page.
    fn together(&self, cells: &[Cell]) -> f32 {
        let (count, leading) = (count(cells), leading(cells));
        let whole = self.height(count, leading);
        if self.splits || whole > HEIGHT / 2.0 { self.height(count.min(2), leading) } else { whole }
    }

    fn height(&self, lines: usize, leading: f32) -> f32 {
        u16::try_from(lines).map_or(f32::INFINITY, f32::from) * leading + 2.0 * self.padding
    }
}

fn count(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0)
}

/// From one line of a row to the next.
fn leading(cells: &[Cell]) -> f32 {
    cells.iter().map(|cell| cell.style.size * 1.4).fold(0.0, f32::max)
}

/// Where the text of each column begins, and how wide it may be.
fn columns(shares: &[u16]) -> Vec<(f32, f32)> {
    let all = shares.iter().copied().map(f32::from).sum::<f32>().max(1.0);
    let mut x = MARGIN;
    let columns = shares.iter().map(|share| {
        let (left, width) = (x, INNER * f32::from(*share) / all);
        x += width;
        (left + GUTTER, (width - 2.0 * GUTTER).max(1.0))
    });
    columns.collect()
}
