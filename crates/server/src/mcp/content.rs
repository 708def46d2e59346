//! The files of a call as content blocks: a small picture, sound or text stands in the result
//! itself, all else is a link to be read.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hotcell_host::Reply;
use hotcell_policy::Artifact;
use rmcp::model::{
    AudioContent, ContentBlock, EmbeddedResource, ImageContent, MetaObject, Resource,
    ResourceContents,
};
use serde_json::json;

use super::words::{ARTIFACT_KEY, artifact_uri};
use crate::limits::{INLINE_BYTES_MAX, INLINE_MEDIA_BYTES_MAX, INLINE_TEXT_BYTES_MAX};

/// Pictures that clients show. SVG is not among them: it is text, and may hold a program.
const IMAGES: [&str; 4] = ["image/gif", "image/jpeg", "image/png", "image/webp"];
/// Types of text beside `text/…`.
const TEXTS: [&str; 3] = ["application/json", "application/xml", "image/svg+xml"];

/// How a file may stand in a result.
enum Kind {
    Image,
    Audio,
    Text,
    Other,
}

/// Returns a block for each artifact of a call.
pub(super) fn artifact_blocks(reply: &Reply) -> Vec<ContentBlock> {
    let mut room = INLINE_BYTES_MAX;
    let invocation = &reply.outcome.invocation_id;
    let block = |artifact: &Artifact| {
        let uri = artifact_uri(invocation, &artifact.name);
        let bytes = reply.files.get(&artifact.name);
        let inline = bytes.filter(|bytes| bytes.len() <= room);
        let inline = inline.and_then(|bytes| inline_block(artifact, &uri, bytes));
        match inline {
            Some(block) => {
                room -= bytes.map_or(0, |bytes| bytes.len());
                block
            }
            None => ContentBlock::resource_link(resource(artifact, uri)),
        }
    };
    reply.outcome.artifacts.iter().map(block).collect()
}

/// Returns how an artifact is listed.
pub(super) fn resource(artifact: &Artifact, uri: String) -> Resource {
    Resource::new(uri, artifact.name.clone())
        .with_mime_type(artifact.media_type.clone())
        .with_size(artifact.bytes)
}

/// Returns the contents of a file: as text where it is such, else as bytes.
pub(super) fn contents(uri: &str, media_type: &str, bytes: &[u8]) -> ResourceContents {
    let text = match kind(media_type) {
        Kind::Text => std::str::from_utf8(bytes).ok(),
        _ => None,
    };
    let contents = match text {
        Some(text) => ResourceContents::text(text, uri),
        None => ResourceContents::blob(STANDARD.encode(bytes), uri),
    };
    contents.with_mime_type(media_type)
}

fn inline_block(artifact: &Artifact, uri: &str, bytes: &Arc<[u8]>) -> Option<ContentBlock> {
    let media_type = artifact.media_type.as_str();
    let meta = || {
        let mut meta = MetaObject::new();
        let told = json!({ "uri": uri, "name": artifact.name, "sha256": artifact.sha256 });
        meta.0.insert(ARTIFACT_KEY.to_owned(), told);
        meta
    };
    let kind = kind(media_type);
    let most = match kind {
        Kind::Text => INLINE_TEXT_BYTES_MAX,
        _ => INLINE_MEDIA_BYTES_MAX,
    };
    if bytes.len() > most {
        return None;
    }
    let encoded = || STANDARD.encode(bytes);
    Some(match kind {
        Kind::Image => {
            ContentBlock::Image(ImageContent::new(encoded(), media_type).with_meta(meta()))
        }
        Kind::Audio => {
            ContentBlock::Audio(AudioContent::new(encoded(), media_type).with_meta(meta()))
        }
        Kind::Text => {
            std::str::from_utf8(bytes).ok()?;
            let block = EmbeddedResource::new(contents(uri, media_type, bytes));
            ContentBlock::Resource(block.with_meta(meta()))
        }
        Kind::Other => return None,
    })
}

fn kind(media_type: &str) -> Kind {
    match media_type {
        image if IMAGES.contains(&image) => Kind::Image,
        text if text.starts_with("text/") || TEXTS.contains(&text) => Kind::Text,
        audio if audio.starts_with("audio/") => Kind::Audio,
        _ => Kind::Other,
    }
}
