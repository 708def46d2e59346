//! Finds where in a JSON text the value of a JSON pointer stands.
//!
//! serde_json's values know no positions. Errors are rare, so the text is scanned again for
//! each; the text has been parsed before, and so is known to be JSON.

use crate::diagnostic::Place;

/// Returns the place of the value at `pointer` (RFC 6901) in a text that is JSON; of the nearest value above it
/// where there is none, so that a missing key is told at its object.
pub fn place_of_pointer(text: &str, pointer: &str) -> Place {
    let mut scan = Scan {
        bytes: text.as_bytes(),
        at: 0,
    };
    scan.space();
    let mut found = scan.at;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        if !scan.enter(&token) {
            break;
        }
        found = scan.at;
    }
    Place::of_offset(text, found)
}

struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// Moves from the start of a container to the start of its member `token`.
    fn enter(&mut self, token: &str) -> bool {
        match self.peek() {
            b'{' => self.enter_object(token),
            b'[' => self.enter_array(token),
            _ => false,
        }
    }

    fn enter_object(&mut self, token: &str) -> bool {
        self.at += 1;
        loop {
            self.space();
            if self.peek() != b'"' {
                return false;
            }
            let start = self.at;
            self.skip_string();
            let key = serde_json::from_slice::<String>(&self.bytes[start..self.at]);
            self.space();
            self.at += 1;
            self.space();
            if key.is_ok_and(|key| key == token) {
                return true;
            }
            self.skip_value();
            self.space();
            self.at += 1;
        }
    }

    fn enter_array(&mut self, token: &str) -> bool {
        let Ok(index) = token.parse::<usize>() else {
            return false;
        };
        self.at += 1;
        for _ in 0..index {
            self.space();
            self.skip_value();
            self.space();
            if self.peek() != b',' {
                return false;
            }
            self.at += 1;
        }
        self.space();
        !matches!(self.peek(), b']' | 0)
    }

    fn skip_value(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                0 => return,
                b'"' => self.skip_string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' if depth == 0 => return,
                _ => self.at += 1,
            }
            if depth == 0 && matches!(self.peek(), b',' | b'}' | b']') {
                return;
            }
        }
    }

    fn skip_string(&mut self) {
        self.at += 1;
        while !matches!(self.peek(), b'"' | 0) {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_values_and_else_the_nearest_above() {
        let text = "{\n \"a\": [1,\n  {\"x/y\": \"}]\\\"\", \"b\": {}}\n ],\n \"c\": 2\n}";
        let check = |pointer, line, column| {
            assert_eq!(
                place_of_pointer(text, pointer),
                Place { line, column },
                "{pointer}"
            );
        };
        check("", 1, 1);
        check("/a", 2, 7);
        check("/a/0", 2, 8);
        check("/a/1", 3, 3);
        check("/a/1/x~1y", 3, 11);
        check("/a/1/b", 3, 24);
        check("/a/1/b/none", 3, 24);
        check("/a/7", 2, 7);
        check("/c", 5, 7);
    }
}
