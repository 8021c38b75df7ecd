//! Paths of the image's file system, and legitimate changes there.

/// Paths that reconfigure, a start or the services themselves write.
pub(super) const RENDERED: &[&str] = &[
    "/opt/gitlab/service",
    "/opt/gitlab/sv",
    "/opt/gitlab/init",
    "/opt/gitlab/etc",
    "/opt/gitlab/var",
    "/opt/gitlab/embedded/nodes",
    "/opt/gitlab/embedded/cookbooks/cache",
    "/opt/gitlab/embedded/service/gitlab-rails/.gitlab_shell_secret",
    "/opt/gitlab/embedded/service/gitlab-rails/.gitlab_workhorse_secret",
    "/opt/gitlab/embedded/service/gitlab-rails/.gitlab_kas_secret",
    "/opt/gitlab/embedded/service/gitlab-rails/config/initializers/smtp_settings.rb",
];

/// Paths without code that the installation of a tool changes.
pub(super) const DATA: &[&str] = &[
    "/usr/share/applications",
    "/usr/share/bash-completion",
    "/usr/share/doc",
    "/usr/share/icons",
    "/usr/share/info",
    "/usr/share/lintian",
    "/usr/share/locale",
    "/usr/share/man",
    "/usr/share/menu",
    "/usr/share/mime",
    "/usr/share/pixmaps",
    "/usr/local/share/man",
];

/// Paths in `/etc` that make programs load or start other code.
pub(super) const LOADERS: &[&str] = &[
    "/etc/ld.so.preload",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/cron.d",
    "/etc/cron.hourly",
    "/etc/cron.daily",
    "/etc/cron.weekly",
    "/etc/cron.monthly",
    "/etc/crontab",
    "/etc/init.d",
    "/etc/service",
    "/etc/systemd",
    "/etc/perl",
    "/var/spool/cron",
];

/// Folders in which a new file is loaded or run without being named.
pub(super) const LOADED_FROM: &[&str] = &[
    "/assets",
    "/opt/gitlab/embedded/service",
    "/opt/gitlab/embedded/cookbooks",
    "/opt/gitlab/embedded/lib",
    "/usr/lib/ruby",
    "/usr/local/lib/site_ruby",
    "/usr/share/rubygems-integration",
    "/usr/share/ruby-vendor",
    "/var/lib/gems",
];

/// Folders whose files are the image's, or are compared.
pub(super) const PROGRAMS: &[&str] = &["/opt/gitlab", "/assets", "/usr", "/bin", "/sbin", "/lib", "/lib64"];

/// Whether a path is one of these folders or files, or is in one.
pub(super) fn below(path: &str, folders: &[impl AsRef<str>]) -> bool {
    folders
        .iter()
        .any(|folder| path.strip_prefix(folder.as_ref()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}
