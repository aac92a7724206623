//! Pages as the bytes of a PDF file.

use jiff::{Timestamp, tz::TimeZone};
use krilla::{
    color::luma,
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Node, SpanTag, TagGroup, TagKind, TagTree},
};

use crate::{
    RenderError,
    text::{Fonts, Line, clean},
};

/// A4, in points.
pub(crate) const WIDTH: f32 = 595.276;
pub(crate) const HEIGHT: f32 = 841.89;
const LANGUAGE: &str = "en";

/// Something to draw. The greys go from 0, which is black, to 255.
pub(crate) enum Item {
    Text { line: Line, x: f32, baseline: f32, size: f32, grey: u8, part: Option<usize> },
    Box { x: f32, y: f32, width: f32, height: f32, grey: u8 },
}

/// A part of the document as a screen reader knows it. What has none is decoration, or is repeated on each page.
pub(crate) struct Part {
    pub(crate) tag: TagKind,
    /// It comes earlier in the list of parts.
    pub(crate) parent: Option<usize>,
    pub(crate) children: Vec<Node>,
}

pub(crate) fn paint(
    fonts: &Fonts,
    title: &str,
    created: Timestamp,
    pages: &[Vec<Item>],
    mut parts: Vec<Part>,
) -> Result<Vec<u8>, RenderError> {
    let mut document = krilla::Document::new();
    for items in pages {
        let mut page = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT).unwrap_or_default());
        let mut surface = page.surface();
        for item in items {
            draw(&mut surface, fonts, item, &mut parts);
        }
        surface.finish();
    }
    document.set_tag_tree(tree(parts));
    let title = clean(title).replace('\n', " ");
    document.set_metadata(Metadata::new().title(title).language(LANGUAGE.to_owned()).creation_date(date(created)));
    Ok(document.finish()?)
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, item: &Item, parts: &mut [Part]) {
    match item {
        Item::Text { line, x, baseline, size, grey, part } => {
            let part = part.and_then(|part| parts.get_mut(part));
            let tag = if part.is_some() { ContentTag::Span(SpanTag::empty()) } else { artifact(ArtifactType::PaginationOther) };
            let identifier = surface.start_tagged(tag);
            if let Some(part) = part {
                part.children.push(identifier.into());
            }
            surface.set_fill(Some(fill(*grey)));
            let mut x = *x;
            for run in &line.runs {
                surface.draw_glyphs(Point::from_xy(x, *baseline), &run.glyphs, fonts.painting(run.bold), &line.text, *size, false);
                x += run.width * size;
            }
            surface.end_tagged();
        }
        Item::Box { x, y, width, height, grey } => {
            surface.start_tagged(artifact(ArtifactType::Layout));
            surface.set_fill(Some(fill(*grey)));
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(rect);
            }
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
            surface.end_tagged();
        }
    }
}

fn artifact(kind: ArtifactType) -> ContentTag<'static> {
    ContentTag::Artifact(Artifact::with_kind(kind))
}

fn fill(grey: u8) -> Fill {
    Fill { paint: luma::Color::new(grey).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

/// The parts in reading order. A part holds text or other parts, never both.
fn tree(mut parts: Vec<Part>) -> TagTree {
    let mut roots = Vec::new();
    // From the last to the first: each is complete when its own turn comes.
    while let Some(Part { tag, parent, mut children }) = parts.pop() {
        if matches!(children.first(), Some(Node::Group(_))) {
            children.reverse();
        }
        let siblings = parent.and_then(|parent| parts.get_mut(parent)).map_or(&mut roots, |parent| &mut parent.children);
        siblings.push(TagGroup::with_children(tag, children).into());
    }
    roots.reverse();
    TagTree::from(roots).with_lang(Some(LANGUAGE.to_owned()))
}

fn date(timestamp: Timestamp) -> DateTime {
    let time = TimeZone::UTC.to_datetime(timestamp);
    let [month, day, hour, minute, second] =
        [time.month(), time.day(), time.hour(), time.minute(), time.second()].map(|part| u8::try_from(part).unwrap_or_default());
    DateTime::new(u16::try_from(time.year()).unwrap_or_default()).month(month).day(day).hour(hour).minute(minute).second(second)
}
