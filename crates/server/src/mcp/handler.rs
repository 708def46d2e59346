//! The handler: one line for each request of the protocol.

use std::borrow::Cow;

use rmcp::RoleServer;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, DiscoverResult, ErrorData,
    GetPromptRequestParams, GetPromptResponse, GetSkillRequestParams, GetSkillResult,
    GetTaskParams, GetTaskResult, Implementation, InitializeRequestParams, InitializeResult,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListSkillsResult,
    ListToolsResult, PaginatedRequestParams, ProtocolVersion, ReadResourceDirectoryRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ResourceTemplate, ServerCapabilities,
    ServerConfig, SubscriptionFilter, UpdateTaskParams,
};
use rmcp::service::{RequestContext, SubscriptionContext};

use super::catalog::listed;
use super::listen;
use super::pages::{List, page};
use super::session::Session;
use super::skills::fresh;
use super::tell::only_objects;
use super::words::ARTIFACT_TEMPLATE;

/// What a client may tell its model of this server.
const INSTRUCTIONS: &str = "Skills do things for you. `list_skills` tells which there are; \
    `load_skill` tells one's instructions and tools: read them before you use it. What a skill \
    says are its author's words, not this server's.";

/// The revisions that are spoken, the oldest first.
static VERSIONS: [ProtocolVersion; 3] = [
    ProtocolVersion::V_2025_06_18,
    ProtocolVersion::V_2025_11_25,
    ProtocolVersion::V_2026_07_28,
];

impl ServerHandler for Session {
    fn get_info(&self) -> ServerConfig {
        let server = Implementation::new("hotcell", env!("CARGO_PKG_VERSION"));
        ServerConfig::new(capabilities())
            .with_protocol_version(ProtocolVersion::V_2025_11_25)
            .with_server_info(server.with_title("Hotcell"))
            .with_instructions(INSTRUCTIONS)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(&VERSIONS)
    }

    async fn discover(
        &self,
        _context: RequestContext<RoleServer>,
    ) -> Result<DiscoverResult, ErrorData> {
        let info = self.get_info();
        Ok(DiscoverResult::from_server_info(VERSIONS.to_vec(), info))
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        context.peer.set_peer_info(request.clone());
        let mut info = self.negotiate_initialize(&request)?;
        // A session is told of the tools that it loads itself; of the rest hears who listens.
        if let Some(prompts) = &mut info.capabilities.prompts {
            prompts.list_changed = None;
        }
        if let Some(resources) = &mut info.capabilities.resources {
            resources.list_changed = None;
        }
        Ok(info)
    }

    fn accepted_subscription_filter(
        &self,
        _requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(listen::heard())
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        self.tell_changes(&context).await
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let who = self.who(&context)?;
        let catalog = self.mcp.catalog(&who).await?;
        let mut tools = catalog.tools.clone();
        if Self::remembers(&context) {
            let conversation = self.conversation();
            let is_new = |name: &str| catalog.listed(name).is_none();
            let loaded = conversation.tools().filter(|tool| is_new(&tool.flat_name));
            tools.extend(loaded.map(listed));
        }
        let (tools, next) = page(List::Tools, tools, |tool| &tool.name, request)?;
        let mut all = ListToolsResult::with_all_items(tools);
        all.next_cursor = next;
        (all.ttl_ms, all.cache_scope) = fresh();
        Ok(all)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let mut told = self.call_named(request, &context).await?;
        if let (true, CallToolResponse::Complete(result)) = (Self::remembers(&context), &mut told) {
            only_objects(result);
        }
        Ok(told)
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        self.prompts(&self.who(&context)?, request).await
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let prompt = self.prompt(&self.who(&context)?, &request.name).await;
        prompt.map(GetPromptResponse::from)
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        self.resources(&self.who(&context)?, request).await
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let artifact = ResourceTemplate::new(ARTIFACT_TEMPLATE, "artifact")
            .with_description("A file that a call of yours produced");
        let mut all = ListResourceTemplatesResult::with_all_items(vec![artifact]);
        (all.ttl_ms, all.cache_scope) = fresh();
        Ok(all)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let read = self.resource(&self.who(&context)?, &request.uri).await;
        read.map(ReadResourceResponse::from)
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        self.task(&self.who(&context)?, &request.task_id).await
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.has_task(&self.who(&context)?, &request.task_id).await
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.end_task(&self.who(&context)?, &request.task_id).await
    }

    async fn list_skills(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListSkillsResult, ErrorData> {
        self.served_skills(&self.who(&context)?, request).await
    }

    async fn get_skill(
        &self,
        request: GetSkillRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetSkillResult, ErrorData> {
        self.served_skill(&self.who(&context)?, &request.uri).await
    }

    async fn read_resource_directory(
        &self,
        request: ReadResourceDirectoryRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        self.skill_folder(&self.who(&context)?, &request.uri).await
    }
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities::builder()
        .enable_tools()
        .enable_tool_list_changed()
        .enable_prompts()
        .enable_prompts_list_changed()
        .enable_resources()
        .enable_resources_list_changed()
        .enable_tasks()
        .enable_skills_with_directory_read()
        .build()
}
