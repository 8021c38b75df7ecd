//! What the columns of rosters are called, in the languages and by the systems that write them. Pure.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// The full name.
    Name,
    /// Given names.
    First,
    /// The family name.
    Last,
    Email,
    Id,
    /// The name with which the person signs in; often an e-mail address.
    Login,
    Role,
    /// Where a submission is.
    Path,
}

/// A column that was recognised. Of two columns for one field, the one with the lower rank is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub field: Field,
    pub rank: usize,
}

/// Names of columns as [`letters`] gives them, the best of each field first.
#[rustfmt::skip]
const NAMES: &[(Field, &[&str])] = &[
    (Field::Name, &[
        "fullname", "name", "studentname", "student", "displayname", "nameoriginalname", "sortablename",
        "namefirstlast", "firstnamelastname", "firstlast", "firstnamesurname", "namelastfirst", "lastnamefirstname",
        "lastfirst", "studentlastfirst", "learner", "trainee", "participant", "attendee", "candidate", "pupil",
        "vollständigername", "vornamenachname", "nachnamevorname", "teilnehmer", "teilnehmerin", "teilnehmerinnen",
        "studierende", "studierender", "schüler", "schülerin", "anzeigename",
        "nomcomplet", "nomprénom", "prénomnom", "nometprénom", "prénometnom", "étudiant", "étudiante", "participante", "nom",
        "nombrecompleto", "nombreyapellidos", "nombreyapellido", "apellidosynombre", "apellidosnombre", "alumno", "alumna", "estudiante", "nombre",
        "nomecompleto", "nome", "volledigenaam", "naam",
    ]),
    (Field::First, &[
        "firstname", "givenname", "givennames", "forename", "forenames", "first", "vorname", "vornamen", "rufname", "prénom",
        "prénoms", "prenom", "nombres", "nombredepila", "primernombre", "voornaam",
    ]),
    (Field::Last, &[
        "lastname", "surname", "surnames", "familyname", "last", "nachname", "familienname", "zuname", "nomdefamille",
        "apellido", "apellidos", "cognome", "sobrenome", "achternaam",
    ]),
    (Field::Email, &[
        "email", "emailaddress", "mail", "emailid", "mailaddress", "emails", "primaryemail", "primaryemailaddress",
        "schoolemail", "universityemail", "institutionalemail", "workemail", "emailadresse", "mailadresse", "adressedecourriel",
        "adressecourriel", "courriel", "adresseemail", "adressemail", "adressedemessagerie", "adresseélectronique",
        "direccióndecorreo", "direccióndecorreoelectrónico", "direccióndeemail", "correoelectrónico", "correo",
        "indirizzoemail", "endereçodeemail", "emailadres",
    ]),
    (Field::Id, &[
        "sisuserid", "orgdefinedid", "studentid", "sid", "sisid", "idnumber", "studentnumber", "studentno", "studentnr",
        "matrikelnummer", "matrikelnr", "matrnr", "mtknr", "institutionsnummer", "matrikel", "matriculationnumber", "matriculationno", "idnummer",
        "numérodétudiant", "numéroétudiant", "codeétudiant", "numérodidentification", "matricule", "númerodeid", "númerodeidentificación",
        "matrícula", "idestudiante", "registrationnumber", "rollno", "rollnumber", "enrollmentno", "universityid", "campusid", "externalid", "schooluid",
        "uniqueuserid", "uniqueid", "personid", "employeeid", "identifier", "userid", "id", "githubid",
    ]),
    (Field::Login, &[
        "sisloginid", "loginid", "username", "login", "userprincipalname", "upn", "participantidupn", "netid", "samaccountname", "uniqname",
        "benutzername", "anmeldename", "kennung", "nutzername", "nomdutilisateur", "identifiant", "nombredeusuario", "usuario",
        "nomeutente", "gebruikersnaam", "gitlabusername", "githubusername",
    ]),
    (Field::Role, &[
        "role", "roles", "courserole", "userrole", "enrollmentrole", "rolle", "rollen", "rolleimkurs", "rôle", "rôles", "rol",
        "ruolo", "rolstatus", "rollestatus",
    ]),
    (Field::Path, &["path"]),
];

/// What a column's name may begin with: `Student First Name`, `What is your name?` of a form.
const PEOPLE: [&str; 14] = [
    "whatisyour",
    "your",
    "students",
    "student",
    "learner",
    "trainee",
    "participants",
    "participant",
    "attendee",
    "candidate",
    "member",
    "user",
    "legal",
    "preferred",
];
/// Rank of names that begin with such a word, and of those that only mention an e-mail address.
const PREFIXED: usize = 100;
const MENTIONED: usize = 200;
/// Addresses of other people than the one in the line, and columns about mail that hold no address.
const FOREIGN: [&str; 16] = [
    "parent",
    "guardian",
    "host",
    "instructor",
    "teacher",
    "advisor",
    "adviser",
    "manager",
    "supervisor",
    "emergency",
    "secondary",
    "alternate",
    "sender",
    "sent",
    "opt",
    "verified",
];
/// Names with which a mistyped one is compared: those that documentation uses.
const COMMON: [(Field, &str); 6] = [
    (Field::Name, "name"),
    (Field::Name, "fullname"),
    (Field::First, "firstname"),
    (Field::Last, "lastname"),
    (Field::Email, "email"),
    (Field::Path, "path"),
];

/// The letters and digits of a column's name, in lower case; without what a system adds in brackets.
pub(super) fn letters(head: &str) -> String {
    let head = head.split('[').next().unwrap_or_default();
    head.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a column with this name holds; `None` if it is of no use here.
pub(super) fn known(head: &str) -> Option<Known> {
    let head = letters(head);
    exact(&head).or_else(|| prefixed(&head)).or_else(|| mentioned(&head))
}

/// The field of a column with this name.
pub(crate) fn field(head: &str) -> Option<Field> {
    known(head).map(|known| known.field)
}

fn exact(head: &str) -> Option<Known> {
    let rank = |names: &[&str]| names.iter().position(|name| *name == head);
    let known = NAMES.iter().find_map(|(field, names)| Some(Known { field: *field, rank: rank(names)? }));
    // Teams calls the sign-in name `Participant ID (UPN)`, in every language.
    known.or_else(|| head.ends_with("upn").then_some(Known { field: Field::Login, rank: PREFIXED }))
}

fn prefixed(head: &str) -> Option<Known> {
    let rest = PEOPLE.iter().find_map(|word| head.strip_prefix(word))?;
    let known = exact(rest).filter(|known| known.field != Field::Path)?;
    Some(Known { rank: known.rank + PREFIXED, ..known })
}

fn mentioned(head: &str) -> Option<Known> {
    let mail = ["email", "courriel", "correoelectrónico"].iter().any(|word| head.contains(word));
    let foreign = FOREIGN.iter().any(|word| head.contains(word));
    (mail && !foreign).then_some(Known { field: Field::Email, rank: MENTIONED })
}

/// The known name that a mistyped one differs from by one letter, and what its column would hold.
pub(super) fn mistyped(head: &str) -> Option<(Field, &'static str)> {
    let head = letters(head);
    COMMON.into_iter().find(|(_, name)| strsim::damerau_levenshtein(&head, name) == 1)
}

impl Known {
    /// Whether only the values tell if such a column holds what its name mentions.
    pub fn is_doubtful(self) -> bool {
        self.rank >= MENTIONED
    }
}

/// Whether a name means the full name in one export and a part of it in another: beside `Vorname`, `Name` is the family
/// name; beside `Apellidos`, `Nombre` is the given name.
pub(super) fn is_ambiguous(head: &str) -> bool {
    ["name", "nom", "nombre", "nome", "naam"].contains(&letters(head).as_str())
}

/// Whether a name says that family names come first, with a comma behind them.
pub(super) fn is_last_first(head: &str) -> bool {
    let names = [
        "sortablename",
        "namelastfirst",
        "lastnamefirstname",
        "lastfirst",
        "studentlastfirst",
        "nachnamevorname",
        "apellidosnombre",
    ];
    let head = letters(head);
    names.iter().any(|name| head.ends_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_the_names_that_systems_give_them() {
        for (head, expected) in [
            ("Name (Original Name)", Field::Name),
            ("User Name (Original Name)", Field::Name),
            ("Email Address [Required]", Field::Email),
            ("Student's First Name", Field::First),
            ("User Email", Field::Email),
            ("Uni e-mail", Field::Email),
            ("Username", Field::Login),
            ("Teilnehmer-ID (UPN)", Field::Login),
            ("Numéro d'identification", Field::Id),
            ("Apellido(s)", Field::Last),
            ("Member ID", Field::Id),
        ] {
            assert_eq!(field(head), Some(expected), "{head}");
        }
    }

    #[test]
    fn columns_about_something_else_are_not() {
        for head in [
            "Last Access",
            "Last downloaded from this course",
            "Guardian email",
            "Course name",
            "",
            "[[id]]",
            "Section",
        ] {
            assert_eq!(field(head), None, "{head}");
        }
    }

    #[test]
    fn one_letter_makes_a_mistake_and_two_another_word() {
        assert_eq!(mistyped("nmae"), Some((Field::Name, "name")));
        assert_eq!(mistyped("E-Mial"), Some((Field::Email, "email")));
        assert_eq!(mistyped("Nickname"), None);
        assert_eq!(mistyped("Date"), None);
    }
}
