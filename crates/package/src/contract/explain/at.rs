//! Where in a value a walk is: a chain of steps, each on its caller's stack.
//!
//! Written out only where it is shown: keys can be as long as the value.

/// Most characters of a pointer that is shown.
const POINTER_CHARS_MAX: usize = 256;

/// One place.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    above: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    /// The whole value.
    pub(super) const ROOT: At<'static> = At {
        above: None,
        step: Step::Root,
    };

    pub(super) fn key(&'a self, key: &'a str) -> Self {
        Self {
            above: Some(self),
            step: Step::Key(key),
        }
    }

    pub(super) fn index(&'a self, index: usize) -> Self {
        Self {
            above: Some(self),
            step: Step::Index(index),
        }
    }

    /// Returns the JSON pointer (RFC 6901), cut where it is long.
    pub(super) fn pointer(&self) -> String {
        let mut steps = Vec::new();
        let mut here = Some(self);
        while let Some(at) = here {
            steps.push(at.step);
            here = at.above;
        }
        let mut pointer = String::new();
        for step in steps.iter().rev() {
            match step {
                Step::Root => {}
                Step::Key(key) => {
                    let head: String = key.chars().take(POINTER_CHARS_MAX + 1).collect();
                    pointer.push('/');
                    pointer.push_str(&head.replace('~', "~0").replace('/', "~1"));
                }
                Step::Index(index) => pointer.push_str(&format!("/{index}")),
            }
        }
        if let Some((end, _)) = pointer.char_indices().nth(POINTER_CHARS_MAX) {
            pointer.truncate(end);
            pointer.push('…');
        }
        pointer
    }
}
