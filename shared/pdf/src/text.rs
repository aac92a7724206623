//! Text as glyphs: cleaned, shaped, and wrapped to a width.

use std::{ops::Range, rc::Rc, sync::LazyLock};

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, UnicodeBuffer};
use unicode_bidi::{Level, ParagraphBidiInfo};

static FONTS: LazyLock<Option<Fonts>> = LazyLock::new(|| {
    let regular = Face::new(include_bytes!("../fonts/DejaVuSans.ttf"))?;
    Some(Fonts { regular, bold: Face::new(include_bytes!("../fonts/DejaVuSans-Bold.ttf"))? })
});

/// Shown instead of a character that no document should have.
const REPLACEMENT: char = '\u{fffd}';

pub(crate) struct Fonts {
    regular: Face,
    bold: Face,
}

struct Face {
    shaping: rustybuzz::Face<'static>,
    painting: Font,
}

/// A line of text. All sizes are in em: the same line can be drawn at any size.
#[derive(Clone)]
pub(crate) struct Line {
    /// The paragraph that this line is a part of. The glyphs point into it, so that text can be copied and found.
    pub(crate) text: Rc<str>,
    /// From left to right.
    pub(crate) runs: Vec<Run>,
    pub(crate) width: f32,
}

/// Glyphs of one font and one direction.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) glyphs: Vec<KrillaGlyph>,
    pub(crate) width: f32,
    pub(crate) bold: bool,
    level: Level,
}

/// What cannot be torn apart: a character with its accents, or a ligature.
struct Cluster {
    run: Run,
    /// Where it ends in the text.
    end: usize,
    blank: bool,
}

/// A character of a paragraph.
struct Mark {
    start: usize,
    end: usize,
    level: Level,
    blank: bool,
}

impl Face {
    fn new(data: &'static [u8]) -> Option<Self> {
        Some(Self { shaping: rustybuzz::Face::from_slice(data, 0)?, painting: Font::new(data.into(), 0)? })
    }

    /// Whether each character has a glyph.
    fn covers(&self, text: &str) -> bool {
        text.chars().all(|character| self.shaping.glyph_index(character).is_some())
    }

    /// A distance in em. No glyph is wider than 16 em.
    fn em(&self, distance: i32) -> f32 {
        let limited = |units: i32| i16::try_from(units).map_or(f32::from(i16::MAX), f32::from);
        limited(distance) / limited(self.shaping.units_per_em()).max(1.0)
    }
}

impl Fonts {
    /// `None` if the fonts that this crate brings cannot be read.
    pub(crate) fn get() -> Option<&'static Self> {
        FONTS.as_ref()
    }

    pub(crate) fn painting(&self, bold: bool) -> Font {
        self.face(bold).painting.clone()
    }

    fn face(&self, bold: bool) -> &Face {
        if bold { &self.bold } else { &self.regular }
    }

    /// Wraps a text to a width in em. There is always one line, and a word that is too long is broken.
    pub(crate) fn wrap(&self, text: &str, bold: bool, width: f32) -> Vec<Line> {
        clean(text).split('\n').flat_map(|paragraph| self.wrap_paragraph(&paragraph.into(), bold, width)).collect()
    }

    fn wrap_paragraph(&self, text: &Rc<str>, bold: bool, width: f32) -> Vec<Line> {
        let (mut lines, mut line, mut used, mut gap) = (Vec::new(), Vec::<Cluster>::new(), 0.0, None);
        for cluster in self.clusters(text, bold) {
            // What follows the last gap may still be too long with this.
            while !cluster.blank && !line.is_empty() && used + cluster.run.width > width {
                let rest = gap.take().map_or_else(Vec::new, |gap| line.split_off(gap));
                lines.push(std::mem::replace(&mut line, rest));
                used = line.iter().map(|cluster| cluster.run.width).sum();
            }
            used += cluster.run.width;
            let ends = cluster.blank || joins(text, cluster.end);
            line.push(cluster);
            if ends {
                gap = Some(line.len());
            }
        }
        lines.push(line);
        lines.into_iter().map(|line| Line::new(Rc::clone(text), line)).collect()
    }

    /// In the order in which they are read.
    fn clusters(&self, text: &str, bold: bool) -> Vec<Cluster> {
        let levels = ParagraphBidiInfo::new(text, None).levels;
        let marks = text.char_indices().map(|(start, character)| Mark {
            start,
            end: start + character.len_utf8(),
            level: levels.get(start).copied().unwrap_or(Level::ltr()),
            // Not where a line may not end.
            blank: character.is_whitespace() && !matches!(character, '\u{a0}' | '\u{2007}' | '\u{202f}'),
        });
        let marks: Vec<Mark> = marks.collect();
        // Word by word, as each may be of another script.
        let words = marks.chunk_by(|one, next| (one.level, one.blank) == (next.level, next.blank));
        words.filter_map(|word| Some((word.first()?, word.last()?))).flat_map(|(first, last)| self.shape(text, first, last, bold)).collect()
    }

    fn shape(&self, text: &str, first: &Mark, last: &Mark, bold: bool) -> Vec<Cluster> {
        let range = first.start..last.end;
        let word = text.get(range.clone()).unwrap_or_default();
        // A light character is better than none.
        let bold = bold && (self.bold.covers(word) || !self.regular.covers(word));
        let face = self.face(bold);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(word);
        buffer.set_direction(if first.level.is_rtl() { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaped = rustybuzz::shape(&face.shaping, &[], buffer);
        let mut found: Vec<(usize, Vec<KrillaGlyph>)> = Vec::new();
        for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let start = range.start + info.cluster as usize;
            let [advance, x, y] = [position.x_advance, position.x_offset, position.y_offset].map(|distance| face.em(distance));
            let glyph = KrillaGlyph::new(GlyphId::new(info.glyph_id), advance, x, y, 0.0, range.clone(), None);
            match found.last_mut() {
                Some((at, glyphs)) if *at == start => glyphs.push(glyph),
                _ => found.push((start, vec![glyph])),
            }
        }
        found.sort_by_key(|(start, _)| *start);
        let ends: Vec<usize> = found.iter().skip(1).map(|(start, _)| *start).chain([range.end]).collect();
        let clusters = found.into_iter().zip(ends).map(|((start, glyphs), end)| {
            let run = Run::new(glyphs, start..end, bold, first.level);
            Cluster { run, end, blank: first.blank }
        });
        clusters.collect()
    }
}

impl Line {
    /// Puts what has been read in this order into the order in which it is seen.
    fn new(text: Rc<str>, mut clusters: Vec<Cluster>) -> Self {
        while clusters.pop_if(|cluster| cluster.blank).is_some() {}
        let levels: Vec<Level> = clusters.iter().map(|cluster| cluster.run.level).collect();
        let mut runs: Vec<Run> = Vec::new();
        for cluster in ParagraphBidiInfo::reorder_visual(&levels).into_iter().filter_map(|at| clusters.get(at)) {
            let next = &cluster.run;
            match runs.last_mut() {
                Some(run) if (run.level, run.bold) == (next.level, next.bold) => {
                    run.glyphs.extend_from_slice(&next.glyphs);
                    run.width += next.width;
                }
                _ => runs.push(next.clone()),
            }
        }
        Self { text, width: runs.iter().map(|run| run.width).sum(), runs }
    }
}

impl Run {
    fn new(mut glyphs: Vec<KrillaGlyph>, range: Range<usize>, bold: bool, level: Level) -> Self {
        for glyph in &mut glyphs {
            glyph.text_range = range.clone();
        }
        Self { width: glyphs.iter().map(|glyph| glyph.x_advance).sum(), glyphs, bold, level }
    }
}

/// Whether a hyphen between letters ends here, as in a double name. A line may end after it, and not inside a number or a date.
fn joins(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.strip_suffix(['-', '‐']));
    let after = text.get(at..).unwrap_or_default();
    before.is_some_and(|before| before.ends_with(char::is_alphabetic)) && after.starts_with(char::is_alphabetic)
}

/// One kind of line break, and no characters that cannot be seen but change what is.
pub(crate) fn clean(text: &str) -> String {
    let lines = text.replace("\r\n", "\n");
    let seen = lines.chars().map(|character| match character {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\t' => ' ',
        // An override can show a number backwards.
        '\u{202d}' | '\u{202e}' | '\u{fffe}' | '\u{ffff}' => REPLACEMENT,
        control if control.is_control() => REPLACEMENT,
        other => other,
    });
    seen.collect()
}
