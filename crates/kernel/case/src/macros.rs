//! The macros with which slices declare their words.

/// Declares the words of a kind of case: an enum of its events, typed keys of its facts, and the [`Vocabulary`].
///
/// ```
/// xr_case::kind! {
///     /// Words of an exchange.
///     pub Exchange = "exchange" {
///         events { Approve = "approve", Reject = "reject" }
///         facts {
///             contacted_buyer: bool "the merchant recorded a contact",
///             tracking: enum("none", "moving") "what the carrier says",
///             delivered_at: instant? "when the parcel was delivered",
///         }
///         tags { "open" }
///     }
/// }
/// assert_eq!(Exchange::parse("approve"), Some(Exchange::Approve));
/// let mut facts = xr_case::Facts::of(&Exchange::VOCABULARY);
/// facts.set(Exchange::contacted_buyer, true);
/// facts.set_absent(Exchange::delivered_at);
/// ```
///
/// Types of facts: `bool`, `int` (`i64`), `enum("a", "b")` (set by word), `text`, `instant`; a `?` marks those that may be absent.
///
/// [`Vocabulary`]: crate::vocabulary::Vocabulary
#[macro_export]
macro_rules! kind {
    (
        $(#[$meta:meta])*
        $vis:vis $name:ident = $kind:literal {
            events { $($event:ident = $word:literal),+ $(,)? }
            facts { $($facts:tt)* }
            tags { $($tag:literal),* $(,)? }
        }
    ) => {
        $(#[$meta])*
        // A private vocabulary (of a test, of an operator's fixture) need not use every word.
        #[allow(dead_code, unreachable_pub)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        $vis enum $name {
            $(
                #[doc = concat!("The event `", $word, "`.")]
                $event,
            )+
        }

        #[allow(dead_code, unreachable_pub)]
        impl $name {
            /// The words of this kind.
            pub const VOCABULARY: $crate::vocabulary::Vocabulary = $crate::vocabulary::Vocabulary {
                kind: $kind,
                events: &[$($word),+],
                facts: Self::FACTS,
                tags: &[$($tag),*],
            };

            /// All events, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$event),+];

            /// The event's name in machines and histories.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$event => $word,)+ }
            }

            /// The event with this name; `None` for names of expiries that equal a human act, and for unknown ones.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$event),)+ _ => None }
            }
        }

        $crate::kind!(@facts $name [] [] [] $($facts)*);
    };

    // Facts are read one at a time into three lists: names (for positions), specs, and typed keys.
    (@facts $name:ident [$($names:ident)*] [$($spec:expr,)*] [$($fact:ident : $rust:ty = $doc:literal,)*]) => {
        #[allow(non_camel_case_types, non_upper_case_globals, dead_code, unreachable_pub)]
        const _: () = {
            #[derive(Clone, Copy)]
            enum Position { $($names,)* End }

            impl $name {
                const FACTS: &'static [$crate::vocabulary::FactSpec] = &[$($spec,)*];
                $(
                    #[doc = $doc]
                    pub const $fact: $crate::vocabulary::Fact<$rust> = $crate::vocabulary::Fact::at(Position::$fact as usize);
                )*
            }

            assert!(Position::End as usize <= $crate::vocabulary::FACTS_MAX, "a kind declares too many facts");
        };
    };
    (@facts $name:ident [$($n:tt)*] [$($s:tt)*] [$($k:tt)*] $fact:ident : enum($($word:literal),+ $(,)?) ? $doc:literal $(, $($rest:tt)*)?) => {
        $crate::kind!(@facts $name [$($n)* $fact] [$($s)* $crate::kind!(@spec $fact $crate::vocabulary::FactType::Enum(&[$($word),+]), true, $doc),]
            [$($k)* $fact: $crate::vocabulary::Choice = $doc,] $($($rest)*)?);
    };
    (@facts $name:ident [$($n:tt)*] [$($s:tt)*] [$($k:tt)*] $fact:ident : enum($($word:literal),+ $(,)?) $doc:literal $(, $($rest:tt)*)?) => {
        $crate::kind!(@facts $name [$($n)* $fact] [$($s)* $crate::kind!(@spec $fact $crate::vocabulary::FactType::Enum(&[$($word),+]), false, $doc),]
            [$($k)* $fact: $crate::vocabulary::Choice = $doc,] $($($rest)*)?);
    };
    (@facts $name:ident [$($n:tt)*] [$($s:tt)*] [$($k:tt)*] $fact:ident : $ty:ident ? $doc:literal $(, $($rest:tt)*)?) => {
        $crate::kind!(@facts $name [$($n)* $fact] [$($s)* $crate::kind!(@spec $fact $crate::kind!(@type $ty), true, $doc),]
            [$($k)* $fact: $crate::kind!(@rust $ty) = $doc,] $($($rest)*)?);
    };
    (@facts $name:ident [$($n:tt)*] [$($s:tt)*] [$($k:tt)*] $fact:ident : $ty:ident $doc:literal $(, $($rest:tt)*)?) => {
        $crate::kind!(@facts $name [$($n)* $fact] [$($s)* $crate::kind!(@spec $fact $crate::kind!(@type $ty), false, $doc),]
            [$($k)* $fact: $crate::kind!(@rust $ty) = $doc,] $($($rest)*)?);
    };
    (@spec $fact:ident $ty:expr, $absent:literal, $doc:literal) => {
        $crate::vocabulary::FactSpec { name: stringify!($fact), ty: $ty, may_be_absent: $absent, doc: $doc }
    };
    (@type bool) => { $crate::vocabulary::FactType::Bool };
    (@type int) => { $crate::vocabulary::FactType::Int };
    (@type text) => { $crate::vocabulary::FactType::Text };
    (@type instant) => { $crate::vocabulary::FactType::Instant };
    (@rust bool) => { bool };
    (@rust int) => { i64 };
    (@rust text) => { String };
    (@rust instant) => { $crate::vocabulary::Instant };
}

/// Declares the effects that a slice carries out: an enum with their typed parameters, and their [`EffectSpec`]s.
///
/// ```
/// xr_case::effects! {
///     /// What payments do for cases.
///     pub PaymentsEffect {
///         Refund = "payments.refund" { whole: bool } "opens a refund",
///         Release = "payments.release" "gives the float to the merchant",
///     }
/// }
/// ```
///
/// Types of parameters: `bool`, `int` (`i64`), `text` (`String`). `TryFrom<&EffectCall>` reads a call.
///
/// [`EffectSpec`]: crate::vocabulary::EffectSpec
#[macro_export]
macro_rules! effects {
    (
        $(#[$meta:meta])*
        $vis:vis $name:ident {
            $($effect:ident = $word:literal $({ $($param:ident : $ty:ident),* $(,)? })? $doc:literal),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[allow(dead_code)]
        #[derive(Clone, Debug, PartialEq, Eq)]
        $vis enum $name {
            $(
                #[doc = concat!("`", $word, "`: ", $doc, ".")]
                $effect $({ $(
                    #[doc = concat!("Parameter `", stringify!($param), "` of the call.")]
                    $param: $crate::effects!(@rust $ty),
                )* })?,
            )+
        }

        #[allow(dead_code, unreachable_pub)]
        impl $name {
            /// Declarations of these effects.
            pub const SPECS: &'static [$crate::vocabulary::EffectSpec] = &[$(
                $crate::vocabulary::EffectSpec {
                    name: $word,
                    params: &[$($((stringify!($param), $crate::effects!(@type $ty)),)*)?],
                    doc: $doc,
                },
            )+];

            /// The effect's global name.
            pub const fn as_str(&self) -> &'static str {
                match self { $(Self::$effect { .. } => $word,)+ }
            }
        }

        impl TryFrom<&$crate::model::EffectCall> for $name {
            type Error = $crate::vocabulary::EffectError;

            fn try_from(call: &$crate::model::EffectCall) -> Result<Self, Self::Error> {
                match call.name.as_str() {
                    $($word => Ok(Self::$effect $({ $($param: $crate::vocabulary::read_param(call, stringify!($param))?,)* })?),)+
                    other => Err($crate::vocabulary::EffectError::Unknown(other.to_owned())),
                }
            }
        }
    };
    (@type bool) => { $crate::vocabulary::ParamType::Bool };
    (@type int) => { $crate::vocabulary::ParamType::Int };
    (@type text) => { $crate::vocabulary::ParamType::Text };
    (@rust bool) => { bool };
    (@rust int) => { i64 };
    (@rust text) => { String };
}
