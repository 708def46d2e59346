//! The Skills extension (SEP-2640): what a reader may load, as files under `skill://NAME/`.
//!
//! The component is not among them: it is run here and nowhere else. Nor is a skill that is larger
//! than its hosts accept: to be cut would be to be another skill.

use std::collections::BTreeSet;

use hotcell_host::LoadedSkill;
use hotcell_package::{DOCUMENT_FILE, SkillDocument};
use rmcp::model::{
    CacheScope, DIRECTORY_MIME_TYPE, ErrorData, GetSkillResult, ListResourcesResult,
    ListSkillsResult, PaginatedRequestParams, ReadResourceResult, Resource, Skill,
    SkillFrontmatter, SkillResource, SkillResources,
};
use serde_json::{Value, json};

use super::content::contents;
use super::error::{fault, no_resource};
use super::pages::{List, page};
use super::session::{Session, Who};
use super::words::{escape, unescape};
use crate::limits::{LIST_FRESH, SKILL_BYTES_MAX, SKILL_FILES_MAX};

/// What the addresses of skills begin with.
pub(super) const SCHEME: &str = "skill://";

/// Returns the address of a skill's file.
pub(super) fn file_uri(skill: &str, path: &str) -> String {
    format!("{SCHEME}{}/{}", escape(skill), escape(path))
}

impl Session {
    /// Lists the skills.
    pub(super) async fn served_skills(
        &self,
        who: &Who,
        asked: Option<PaginatedRequestParams>,
    ) -> Result<ListSkillsResult, ErrorData> {
        let catalog = self.mcp.catalog(who).await?;
        let names = catalog.menu.entries.iter();
        let names = names.map(|entry| entry.name.as_str()).collect();
        // Only what is told is read.
        let (names, next) = page(List::Skills, names, |name| name, asked)?;
        let mut skills = Vec::new();
        for name in names {
            let loaded = self.mcp.host.load_skill(who, name).await;
            // One that went away in between is not there.
            if let Ok(loaded) = loaded.map_err(fault)? {
                skills.extend(served(&loaded));
            }
        }
        let mut all = ListSkillsResult::with_all_items(skills);
        all.next_cursor = next;
        (all.ttl_ms, all.cache_scope) = fresh();
        Ok(all)
    }

    /// Returns the skill whose SKILL.md has an address.
    pub(super) async fn served_skill(
        &self,
        who: &Who,
        uri: &str,
    ) -> Result<GetSkillResult, ErrorData> {
        let (skill, path) = self.skill_of(who, uri).await?;
        let is_document = path == DOCUMENT_FILE;
        let served = is_document.then(|| served(&skill)).flatten();
        let mut result = GetSkillResult::new(served.ok_or_else(|| no_resource(uri))?);
        (result.ttl_ms, result.cache_scope) = fresh();
        Ok(result)
    }

    /// Reads a file of a skill.
    pub(super) async fn skill_file(
        &self,
        who: &Who,
        uri: &str,
    ) -> Result<ReadResourceResult, ErrorData> {
        let (skill, path) = self.skill_of(who, uri).await?;
        let listed = skill.files().iter().find(|file| file.path == path);
        let (Some(file), Some(bytes)) = (listed, skill.file(&path)) else {
            return Err(no_resource(uri));
        };
        let contents = contents(uri, file.media_type, bytes);
        let (ttl_ms, scope) = fresh();
        let result = ReadResourceResult::new(vec![contents]);
        Ok(result
            .with_ttl_ms(ttl_ms.unwrap_or_default())
            .with_cache_scope(scope.unwrap_or(CacheScope::Private)))
    }

    /// Lists what a folder of a skill holds.
    pub(super) async fn skill_folder(
        &self,
        who: &Who,
        uri: &str,
    ) -> Result<ListResourcesResult, ErrorData> {
        let no_folder = || {
            let data = json!({ "uri": uri });
            ErrorData::invalid_params("there is no such directory", Some(data))
        };
        let found = self.skill_of(who, uri).await;
        let (skill, folder) = found.map_err(|_| no_folder())?;
        let prefix = match folder.trim_end_matches('/') {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let children = children(&skill, &prefix);
        match children.is_empty() {
            true => Err(no_folder()),
            false => {
                let mut all = ListResourcesResult::with_all_items(children);
                (all.ttl_ms, all.cache_scope) = fresh();
                Ok(all)
            }
        }
    }

    /// Returns the resources of all skills: each one's SKILL.md, by which the rest is found.
    pub(super) async fn skill_resources(&self, who: &Who) -> Result<Vec<Resource>, ErrorData> {
        let catalog = self.mcp.catalog(who).await?;
        let entries = catalog.menu.entries.iter().map(|entry| {
            Resource::new(file_uri(&entry.name, DOCUMENT_FILE), entry.name.clone())
                .with_description(entry.description.clone())
                .with_mime_type("text/markdown")
        });
        Ok(entries.collect())
    }

    async fn skill_of(&self, who: &Who, uri: &str) -> Result<(LoadedSkill, String), ErrorData> {
        let absent = || no_resource(uri);
        let rest = uri.strip_prefix(SCHEME).ok_or_else(absent)?;
        let (name, path) = rest.split_once('/').unwrap_or((rest, ""));
        let name = unescape(name).ok_or_else(absent)?;
        let path = unescape(path).ok_or_else(absent)?;
        // A version is not part of the address: one skill has one.
        if name.contains('@') {
            return Err(absent());
        }
        let loaded = self.mcp.host.load_skill(who, &name).await.map_err(fault)?;
        Ok((loaded.map_err(|_| absent())?, path))
    }
}

/// Returns a skill as it is served; none where it does not fit, or is not called as its own
/// SKILL.md says.
fn served(skill: &LoadedSkill) -> Option<Skill> {
    let bytes: u64 = skill.files().iter().map(|file| file.bytes).sum();
    if skill.files().len() > SKILL_FILES_MAX || bytes > SKILL_BYTES_MAX {
        return None;
    }
    let raw = std::str::from_utf8(skill.file(DOCUMENT_FILE)?).ok()?;
    let (document, _) = SkillDocument::parse_lenient(raw, Some(skill.name())).ok()?;
    let frontmatter = frontmatter(&document);
    let resource = |file: &hotcell_host::LoadedFile| {
        let uri = file_uri(skill.name(), &file.path);
        SkillResource::new(uri, format!("sha256:{}", file.sha256), file.bytes)
    };
    let files = skill.files().iter().map(resource).collect();
    let uri = file_uri(skill.name(), DOCUMENT_FILE);
    let served = Skill::new(uri, frontmatter, SkillResources::Files(files));
    served.validate().is_ok().then_some(served)
}

fn frontmatter(document: &SkillDocument) -> SkillFrontmatter {
    let mut told = SkillFrontmatter::new(&document.name, &document.description);
    let mut put = |key: &str, value: Value| {
        told.extra.insert(key.to_owned(), value);
    };
    if let Some(license) = &document.license {
        put("license", json!(license));
    }
    if let Some(compatibility) = &document.compatibility {
        put("compatibility", json!(compatibility));
    }
    if !document.metadata.is_empty() {
        put("metadata", json!(document.metadata));
    }
    if !document.allowed_tools.is_empty() {
        put("allowed-tools", json!(document.allowed_tools.join(" ")));
    }
    told
}

/// Returns the files and folders right below `prefix`.
fn children(skill: &LoadedSkill, prefix: &str) -> Vec<Resource> {
    let mut folders = BTreeSet::new();
    let mut all = Vec::new();
    for file in skill.files() {
        let Some(rest) = file.path.strip_prefix(prefix) else {
            continue;
        };
        match rest.split_once('/') {
            Some((folder, _)) => {
                if folders.insert(folder.to_owned()) {
                    let uri = file_uri(skill.name(), &format!("{prefix}{folder}"));
                    all.push(Resource::new(uri, folder).with_mime_type(DIRECTORY_MIME_TYPE));
                }
            }
            None => {
                let uri = file_uri(skill.name(), &file.path);
                let resource = Resource::new(uri, rest).with_mime_type(file.media_type);
                all.push(resource.with_size(file.bytes));
            }
        }
    }
    all
}

/// For how long, and for whom, a list holds: what a caller may know of is its own affair.
pub(super) fn fresh() -> (Option<u64>, Option<CacheScope>) {
    let ms = u64::try_from(LIST_FRESH.as_millis()).unwrap_or(u64::MAX);
    (Some(ms), Some(CacheScope::Private))
}
