//! Values that hurt: 1 MiB of as many parts as the limits allow.

/// Most parts of one value, so that each can hold a few values and all stay within the limit.
const PARTS_MAX: usize = 131_000;

/// Returns a list of 1 MiB.
pub(crate) fn list(item: impl Fn(usize) -> String) -> String {
    filled('[', item, ']')
}

/// Returns an object of 1 MiB.
pub(crate) fn object(member: impl Fn(usize) -> String) -> String {
    filled('{', member, '}')
}

/// Returns an object of a hundred thousand members, `"00042":1` and the like.
pub(crate) fn members() -> String {
    object(|n| format!("\"{n:05}\":1"))
}

pub(crate) fn numbers() -> String {
    list(|n| format!("{:06}1", n % 900_000 + 100_000))
}

pub(crate) fn objects() -> String {
    list(|_| "{\"a\":12345678901}".to_owned())
}

pub(crate) fn strings() -> String {
    list(|n| format!("\"{n:012}\""))
}

fn filled(open: char, part: impl Fn(usize) -> String, close: char) -> String {
    let mut text = open.to_string();
    for n in 0..PARTS_MAX {
        let part = part(n);
        if text.len() + part.len() + 2 > 1 << 20 {
            break;
        }
        if n > 0 {
            text.push(',');
        }
        text.push_str(&part);
    }
    text.push(close);
    text
}
