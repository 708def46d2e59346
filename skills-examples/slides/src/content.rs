//! What a caller gives: the deck, its slides, and what their fields hold.

use std::collections::BTreeMap;

use business_types::Date;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Deserialize;

use office_parts::xml::is_text;

use crate::error::DeckError;

/// What the fields of a slide hold, by name.
pub(crate) type Values = BTreeMap<String, Content>;

/// A deck to be made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct DeckInput {
    /// The file's name without its ending.
    #[schemars(regex(pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"))]
    pub(crate) file_name: String,
    /// A template in /in, such as `brand.pptx`. Default: the built-in one.
    #[schemars(regex(pattern = "^[A-Za-z0-9_][A-Za-z0-9_. -]{0,80}[.](pptx|potx)$"))]
    pub(crate) template: Option<String>,
    /// The title in the file's properties.
    #[schemars(length(max = 200))]
    pub(crate) title: Option<String>,
    /// The author in the file's properties.
    #[schemars(length(max = 200))]
    pub(crate) author: Option<String>,
    /// The day in the file's properties.
    pub(crate) date: Option<Date>,
    /// Texts for every slide that has a field of this name, such as a footer.
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, FieldText>,
    /// The slides in their order.
    #[schemars(length(min = 1, max = 100))]
    pub(crate) slides: Vec<SlideInput>,
}

/// A text for every slide.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct FieldText(#[schemars(length(max = 500))] pub(crate) String);

/// A slide, or one for each item.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct SlideInput {
    /// Which slide or layout of the template, as `list_slides` names it.
    #[schemars(length(min = 1, max = 100))]
    pub(crate) slide: String,
    /// What its fields hold. What is left out leaves no gap.
    #[serde(default)]
    pub(crate) fields: Values,
    /// Makes the slide once for each, with these fields besides.
    #[schemars(length(max = 60))]
    pub(crate) items: Option<Vec<Item>>,
    /// What the speaker says.
    #[schemars(length(max = 3000))]
    pub(crate) notes: Option<String>,
}

/// One of several slides of a kind.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct Item {
    /// What the fields of this one hold.
    #[serde(default)]
    pub(crate) fields: Values,
    /// What the speaker says here, in place of the slide's notes.
    #[schemars(length(max = 3000))]
    pub(crate) notes: Option<String>,
}

/// What a field holds.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Content {
    /// A text. Line breaks are kept.
    Text(#[schemars(length(max = 2000))] String),
    /// A list: a paragraph for each.
    List(#[schemars(length(max = 40))] Vec<Point>),
    /// A table.
    Table(Table),
    /// A picture.
    Picture(Picture),
}

/// A point of a list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Point {
    /// A text at the first level.
    Text(#[schemars(length(max = 1000))] String),
    /// A text at a deeper level.
    Nested(Nested),
}

/// A point of a list with its level.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct Nested {
    /// The text.
    #[schemars(length(max = 1000))]
    pub(crate) text: String,
    /// How deep it stands: 0 is the first level.
    #[schemars(range(max = 4))]
    pub(crate) level: u8,
}

impl Point {
    pub(crate) fn text(&self) -> &str {
        match self {
            Point::Text(text) => text,
            Point::Nested(nested) => &nested.text,
        }
    }

    pub(crate) fn level(&self) -> u8 {
        match self {
            Point::Text(_) => 0,
            Point::Nested(nested) => nested.level,
        }
    }
}

/// A table with a header. Figures are texts, as they are to be read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct Table {
    /// The columns.
    #[schemars(length(min = 1, max = 12))]
    pub(crate) columns: Vec<Column>,
    /// The rows; cells that are missing at the end stay empty.
    #[schemars(length(max = 60), inner(length(max = 12), inner(length(max = 500))))]
    pub(crate) rows: Vec<Vec<String>>,
    /// Whether the last row is a total.
    #[serde(default)]
    pub(crate) total: bool,
}

/// A column of a table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct Column {
    /// What stands above it.
    #[schemars(length(max = 200))]
    pub(crate) title: String,
    /// Its width beside the others: 2 is twice as wide as 1. Default: 1.
    #[schemars(range(min = 1, max = 20))]
    pub(crate) width: Option<u8>,
    /// Where its texts stand. Default: left.
    #[serde(default)]
    pub(crate) align: Align,
}

/// Where a text stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Align {
    /// As the template has it.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right: figures.
    Right,
}

/// A picture of /in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct Picture {
    /// A PNG or JPEG file in /in.
    #[schemars(regex(pattern = "^[^/\\\\]{1,120}$"))]
    pub(crate) picture: String,
    /// What it shows, for those who cannot see it.
    #[schemars(length(max = 500))]
    pub(crate) alt: Option<String>,
    /// How it is fitted into its frame.
    #[serde(default)]
    pub(crate) fit: Fit,
}

/// How a picture is fitted into its frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fit {
    /// The whole picture, in the middle of the frame.
    #[default]
    Contain,
    /// The whole frame; what stands out of it is cut off.
    Cover,
}

impl DeckInput {
    /// Refuses texts that no document can hold.
    pub(crate) fn check(&self) -> Result<(), DeckError> {
        let own = [("/title", &self.title), ("/author", &self.author)];
        for (at, text) in own {
            check_text(at, text.as_deref())?;
        }
        for (name, text) in &self.fields {
            check_text(&format!("/fields/{name}"), Some(&text.0))?;
        }
        for (index, slide) in self.slides.iter().enumerate() {
            check_slide(
                &format!("/slides/{index}"),
                &slide.fields,
                slide.notes.as_deref(),
            )?;
            for (number, item) in slide.items.iter().flatten().enumerate() {
                let at = format!("/slides/{index}/items/{number}");
                check_slide(&at, &item.fields, item.notes.as_deref())?;
            }
        }
        Ok(())
    }
}

fn check_slide(at: &str, values: &Values, notes: Option<&str>) -> Result<(), DeckError> {
    check_text(&format!("{at}/notes"), notes)?;
    for (name, content) in values {
        let at = format!("{at}/fields/{name}");
        match content {
            Content::Text(text) => check_text(&at, Some(text))?,
            Content::List(points) => check_text(&at, points.iter().map(Point::text))?,
            Content::Picture(picture) => check_text(&at, picture.alt.as_deref())?,
            Content::Table(table) => {
                let titles = table.columns.iter().map(|column| &column.title);
                check_text(&at, titles.chain(table.rows.iter().flatten()))?;
                if table.rows.iter().any(|row| row.len() > table.columns.len()) {
                    let problem = "a row has more cells than there are columns".to_owned();
                    return Err(DeckError::Content { at, problem });
                }
            }
        }
    }
    Ok(())
}

fn check_text<T: AsRef<str>>(
    at: &str,
    texts: impl IntoIterator<Item = T>,
) -> Result<(), DeckError> {
    let bad = |text: T| text.as_ref().contains(|c| !is_text(c));
    match texts.into_iter().any(bad) {
        true => Err(DeckError::ControlCharacter(at.to_owned())),
        false => Ok(()),
    }
}
