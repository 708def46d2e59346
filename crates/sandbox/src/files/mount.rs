//! The folders that a guest finds when it starts.

/// A folder of the guest's world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mount {
    /// The package's files, read-only.
    Skill,
    /// What the caller passed, read-only.
    Input,
    /// What the tool produces.
    Out,
    /// Scratch that ends with the call.
    Tmp,
    /// The host folder, where there is one.
    Work,
}

impl Mount {
    /// All that a guest always finds.
    pub(super) const ALWAYS: [Mount; 4] = [Mount::Skill, Mount::Input, Mount::Out, Mount::Tmp];

    /// Returns where the guest finds it.
    pub(super) fn path(self) -> &'static str {
        match self {
            Mount::Skill => "/skill",
            Mount::Input => "/in",
            Mount::Out => "/out",
            Mount::Tmp => "/tmp",
            Mount::Work => "/work",
        }
    }
}
