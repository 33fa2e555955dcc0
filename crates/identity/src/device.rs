//! What a client says it is, in two words that its owner knows again.

use serde::{Deserialize, Serialize};

/// Marks of browsers in `User-Agent`, the special before the general: all name Safari, and most Chrome.
const BROWSERS: &[(&str, &str)] = &[
    ("MicroMessenger/", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
/// Marks of systems, the special before the general.
const SYSTEMS: &[(&str, &str)] = &[
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];
/// Longest name of a program that is none of the known browsers.
const NAME_CHARS_MAX: usize = 30;

/// Browser and system of a session. A client may claim anything: nothing is decided by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// A browser, or the name by which another program calls itself.
    pub browser: Option<String>,
    /// An operating system.
    pub system: Option<String>,
}

impl Device {
    /// From a `User-Agent`; both are absent where nothing is known.
    pub fn of(user_agent: &str) -> Self {
        let known = |marks: &[(&str, &str)]| {
            marks.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| (*name).to_owned())
        };
        Self { browser: known(BROWSERS).or_else(|| program(user_agent)), system: known(SYSTEMS) }
    }
}

/// The first product of a `User-Agent` (RFC 9110, 10.1.5), if it is a plain word.
fn program(user_agent: &str) -> Option<String> {
    let name = user_agent.split(['/', ' ']).next()?;
    let is_plain = (1..=NAME_CHARS_MAX).contains(&name.len())
        && name != "Mozilla"
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    is_plain.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Device;

    #[test]
    fn clients_are_told_apart_as_their_owners_know_them() {
        let cases = [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
                "Chrome Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.2849.46",
                "Edge Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
                "Safari macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1",
                "Chrome iOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.47",
                "WeChat Android",
            ),
            ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox Linux"),
            ("curl/8.9.1", "curl -"),
            ("Mozilla/5.0", "- -"),
            ("", "- -"),
            ("<script>alert(1)</script>", "- -"),
        ];
        for (user_agent, said) in cases {
            let Device { browser, system } = Device::of(user_agent);
            let or_none = |word: Option<String>| word.unwrap_or_else(|| "-".to_owned());
            assert_eq!(format!("{} {}", or_none(browser), or_none(system)), said, "{user_agent}");
        }
    }
}
