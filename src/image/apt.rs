//! The host's own Debian mirror, read from its apt sources: no I/O but through the caller's `read`.

/// A `deb` entry of the host's apt sources; those with several addresses become several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where the archive is.
    pub uri: String,
    /// `bookworm`, `bookworm-updates` ...
    pub suites: Vec<String>,
    /// `main` ...
    pub components: Vec<String>,
    /// Key that its signature is verified with.
    pub key: Key,
    /// Whether the host accepts it without a signature.
    pub trusted: bool,
}

/// Key that an archive's signature is verified with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Key {
    /// None is named: the system's keys.
    #[default]
    System,
    /// A key ring.
    File(String),
    /// A key that the sources contain.
    Inline(String),
}

/// A Debian archive as the host uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// Address of the archive.
    pub main: String,
    /// Address for `<suite>-updates`, where the host has one.
    pub updates: Option<String>,
    /// Address for `<suite>-security`, where the host has one.
    pub security: Option<String>,
    /// Key that its signature is verified with.
    pub key: Key,
    /// Whether the host accepts it without a signature.
    pub trusted: bool,
}

impl Mirror {
    /// Lines for another suite's sources.
    #[must_use]
    pub fn lines(&self, suite: &str) -> Vec<String> {
        let options = if self.trusted { "[trusted=yes] " } else { "" };
        let line = |uri: &String, suffix: &str| format!("deb {options}{uri} {suite}{suffix} main");
        let updates = self.updates.iter().map(|uri| line(uri, "-updates"));
        let security = self.security.iter().map(|uri| line(uri, "-security"));
        std::iter::once(line(&self.main, "")).chain(updates).chain(security).collect()
    }
}

/// Entries of a one-line-style file, `sources.list` or `*.list`.
#[must_use]
pub fn entries_of_list(text: &str) -> Vec<Entry> {
    text.lines().filter_map(entry_of_line).collect()
}

/// Entries of a deb822-style file, `*.sources`.
#[must_use]
pub fn entries_of_sources(text: &str) -> Vec<Entry> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    lines.split(|line| line.trim().is_empty()).flat_map(entries_of_stanza).collect()
}

/// Replaces `mirror+file:` addresses (as in Debian's cloud images) by the first one that the file lists.
#[must_use]
pub fn resolve(entries: Vec<Entry>, read: &dyn Fn(&str) -> Option<String>) -> Vec<Entry> {
    let first = |path: &str| {
        let text = read(path)?;
        let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
        line.split_whitespace().next().map(Into::into)
    };
    let resolved = entries.into_iter().filter_map(|entry| match entry.uri.strip_prefix("mirror+file:") {
        Some(path) => Some(Entry { uri: first(&format!("/{}", path.trim_start_matches('/')))?, ..entry }),
        None => Some(entry),
    });
    resolved.collect()
}

/// The Debian archive among the host's entries.
///
/// Third parties use Debian's code names too. Their entries differ in the component (`stable` for Docker) and in the key.
/// Entries that are signed with Debian's own keys come first, entries without a key second, and entries with another key
/// (perhaps a classroom's mirror) last.
#[must_use]
pub fn choose(entries: &[Entry], codename: &str) -> Option<Mirror> {
    let best = |accept: &dyn Fn(&str) -> bool| {
        let fits = |entry: &&Entry| is_fetchable(entry) && entry.suites.iter().any(|suite| accept(suite));
        entries.iter().filter(fits).min_by_key(|entry| distance(&entry.key))
    };
    let main = best(&|suite| [codename, "testing", "unstable", "sid"].contains(&suite))?;
    let also =
        |suite: String| best(&|other| other == suite).filter(|entry| entry.key == main.key).map(|e| e.uri.clone());
    Some(Mirror {
        main: main.uri.clone(),
        updates: also(format!("{codename}-updates")),
        security: also(format!("{codename}-security")),
        key: main.key.clone(),
        trusted: main.trusted,
    })
}

fn is_fetchable(entry: &Entry) -> bool {
    let over_network = ["http://", "https://", "ftp://"].iter().any(|scheme| entry.uri.starts_with(scheme));
    over_network && entry.components.iter().any(|component| component == "main")
}

fn distance(key: &Key) -> u8 {
    match key {
        Key::File(path) if path.contains("debian-archive") => 0,
        Key::System => 1,
        Key::File(_) | Key::Inline(_) => 2,
    }
}

fn entry_of_line(line: &str) -> Option<Entry> {
    let line = line.split('#').next()?.trim();
    let rest = line.strip_prefix("deb")?.strip_prefix(char::is_whitespace)?.trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    let mut words = rest.split_whitespace().map(String::from);
    let (uri, suite) = (words.next()?, words.next()?);
    let option = |name: &str| {
        let assignments = options.split_whitespace().filter_map(|option| option.split_once('='));
        assignments.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next_back()
    };
    let key = option("signed-by").map(key_of).unwrap_or_default();
    let trusted = option("trusted").is_some_and(is_yes);
    Some(Entry { uri, suites: vec![suite], components: words.collect(), key, trusted })
}

fn entries_of_stanza(lines: &[&str]) -> Vec<Entry> {
    let fields = fields(lines);
    let field =
        |name: &str| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
    let words =
        |name: &str| -> Vec<String> { field(name).unwrap_or_default().split_whitespace().map(Into::into).collect() };
    let enabled = field("Enabled").is_none_or(|value| !is_no(value));
    if !enabled || !words("Types").iter().any(|kind| kind == "deb") {
        return vec![];
    }
    let key = field("Signed-By").map(key_of).unwrap_or_default();
    let trusted = field("Trusted").is_some_and(is_yes);
    let (suites, components) = (words("Suites"), words("Components"));
    let entry = |uri| Entry { uri, suites: suites.clone(), components: components.clone(), key: key.clone(), trusted };
    words("URIs").into_iter().map(entry).collect()
}

/// Fields of a stanza; a continued value keeps its line breaks.
fn fields(lines: &[&str]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = vec![];
    for line in lines {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push('\n');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().into(), value.trim().into()));
        }
    }
    fields
}

/// For several key rings, or fingerprints of the system's keys, the system's keys are used.
fn key_of(value: &str) -> Key {
    let value = value.trim();
    if value.contains("-----BEGIN PGP") {
        // A lone dot stands for a blank line in a field's value.
        let lines: Vec<_> = value.lines().map(|line| if line == "." { "" } else { line }).collect();
        return Key::Inline(format!("{}\n", lines.join("\n")));
    }
    let first = value.split([',', ' ', '\n']).next().unwrap_or_default();
    if first.starts_with('/') { Key::File(first.into()) } else { Key::System }
}

fn is_yes(value: &str) -> bool {
    ["yes", "true", "1", "on"].contains(&value.to_lowercase().as_str())
}

fn is_no(value: &str) -> bool {
    ["no", "false", "0", "off", "without", "disable"].contains(&value.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

    fn mirror(security: &str, key: Key) -> Mirror {
        let main = "http://mirror.example/debian".to_string();
        Mirror { updates: Some(main.clone()), main, security: Some(security.into()), key, trusted: false }
    }

    #[test]
    fn a_container_host_with_comments_between_its_fields() {
        let text = "\
Types: deb
# http://snapshot.mirror.example/archive/debian/20250520T000000Z
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
";
        let found = choose(&entries_of_sources(text), "bookworm");
        assert_eq!(found, Some(mirror("http://mirror.example/debian-security", Key::File(KEYRING.into()))));
        assert_eq!(
            found.unwrap().lines("trixie"),
            [
                "deb http://mirror.example/debian trixie main",
                "deb http://mirror.example/debian trixie-updates main",
                "deb http://mirror.example/debian-security trixie-security main",
            ]
        );
    }

    #[test]
    fn an_installed_server_with_source_packages_and_a_compact_disc() {
        let text = "\
#deb cdrom:[Debian GNU/Linux 12.5.0 _Bookworm_ - Official amd64 NETINST]/ bookworm main

deb http://mirror.example/debian/ bookworm main non-free-firmware
deb-src http://mirror.example/debian/ bookworm main non-free-firmware
deb http://security.mirror.example/debian-security bookworm-security main non-free-firmware # point releases
deb http://mirror.example/debian/ bookworm-updates main non-free-firmware
";
        let lines = choose(&entries_of_list(text), "bookworm").unwrap().lines("trixie");
        assert_eq!(
            lines,
            [
                "deb http://mirror.example/debian/ trixie main",
                "deb http://mirror.example/debian/ trixie-updates main",
                "deb http://security.mirror.example/debian-security trixie-security main",
            ]
        );
    }

    #[test]
    fn third_parties_are_not_taken_for_debian() {
        let list = "\
deb [arch=amd64 signed-by=/etc/apt/keyrings/docker.asc] https://docker.mirror.example/linux/debian bookworm stable
deb [signed-by=/usr/share/keyrings/nodesource.gpg] https://node.mirror.example/node_20.x bookworm main
deb https://cloud.mirror.example/apt cloud-sdk-bookworm main
deb [arch=amd64] https://browser.mirror.example/linux/deb/ stable main
";
        let entries =
            [entries_of_list(list), entries_of_list("deb http://mirror.example/debian bookworm main")].concat();
        assert_eq!(
            choose(&entries, "bookworm").unwrap().lines("trixie"),
            ["deb http://mirror.example/debian trixie main"]
        );
        let flat = "Types: deb\nURIs: https://tools.mirror.example/deb\nSuites: ./\nSigned-By: /k.gpg\n";
        assert_eq!(choose(&entries_of_sources(flat), "bookworm"), None);
    }

    #[test]
    fn a_classroom_mirror_with_a_key_of_its_own() {
        let text = "\
types: deb deb-src
uris: https://mirror.example/debian
\thttps://second.mirror.example/debian
suites: bookworm
 # a remark in the middle is a value; a remark at the margin is none
# like this
 bookworm-updates
components: main
signed-by:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
 -----END PGP PUBLIC KEY BLOCK-----
";
        let entries = entries_of_sources(text);
        assert_eq!(entries.len(), 2);
        let found = choose(&entries, "bookworm").unwrap();
        let key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQINBF\n-----END PGP PUBLIC KEY BLOCK-----\n";
        assert_eq!((found.main.as_str(), found.key), ("https://mirror.example/debian", Key::Inline(key.into())));
    }

    #[test]
    fn entries_that_are_switched_off_do_not_count() {
        let text = "Enabled: no\nTypes: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\n";
        assert_eq!(entries_of_sources(text), []);
    }

    #[test]
    fn a_mirror_that_is_trusted_unsigned_stays_so() {
        let entries =
            entries_of_list("deb [ trusted=yes arch=amd64,arm64 ] http://mirror.example/debian bookworm main");
        let lines = choose(&entries, "bookworm").unwrap().lines("trixie");
        assert_eq!(lines, ["deb [trusted=yes] http://mirror.example/debian trixie main"]);
    }

    #[test]
    fn a_cloud_image_keeps_the_address_in_another_file() {
        let text = "\
Types: deb deb-src
URIs: mirror+file:///etc/apt/mirrors/debian.list
Suites: trixie trixie-updates trixie-backports
Components: main

Types: deb deb-src
URIs: mirror+file:///etc/apt/mirrors/debian-security.list
Suites: trixie-security
Components: main
";
        let read = |path: &str| match path {
            "/etc/apt/mirrors/debian.list" => Some("# nearest\nhttp://mirror.example/debian priority:1\n".to_string()),
            "/etc/apt/mirrors/debian-security.list" => Some("http://mirror.example/debian-security\n".into()),
            _ => None,
        };
        let entries = resolve(entries_of_sources(text), &read);
        assert_eq!(choose(&entries, "trixie"), Some(mirror("http://mirror.example/debian-security", Key::System)));
    }
}
