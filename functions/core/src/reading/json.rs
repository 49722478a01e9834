//! Walks through JSON for [`read`](super::read): hands each value to the type that wants it, and puts the way
//! to it before what is wrong.

use std::iter::Enumerate;
use std::slice::Iter;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value, map};

use super::{Flaw, listed, readable};

/// A value on its way into a type.
#[derive(Clone, Copy)]
pub(super) struct Json<'de> {
    json: &'de Value,
    /// Numbers and truth are written as text.
    is_of_a_query: bool,
}

impl<'de> Json<'de> {
    pub(super) fn of(json: &'de Value) -> Self {
        let is_of_a_query = false;
        Self {
            json,
            is_of_a_query,
        }
    }

    pub(super) fn of_a_query(json: &'de Value) -> Self {
        let is_of_a_query = true;
        Self {
            json,
            is_of_a_query,
        }
    }

    fn text(self) -> Option<&'de str> {
        self.json.as_str().filter(|_| self.is_of_a_query)
    }

    fn number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        let digits = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let written = self.text().filter(digits);
        match written.and_then(|digits| digits.parse::<u64>().ok()) {
            Some(number) => visitor.visit_u64(number),
            None => self.deserialize_any(visitor),
        }
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
            self.number(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Json<'de> {
    type Error = Flaw;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        match self.json {
            Value::Null => visitor.visit_unit(),
            Value::Bool(truth) => visitor.visit_bool(*truth),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(Items {
                rest: items.iter().enumerate(),
                is_of_a_query: self.is_of_a_query,
            }),
            Value::Object(fields) => visitor.visit_map(Fields::of(fields, self.is_of_a_query)),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => visitor.visit_u64(number),
                (_, Some(number), _) => visitor.visit_i64(number),
                (.., number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
            },
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        match self.text() {
            Some("true") => visitor.visit_bool(true),
            Some("false") => visitor.visit_bool(false),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        match self.json {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        let one = match self.json {
            Value::String(word) => Some((word.as_str(), Content::Nothing)),
            Value::Object(fields) if fields.len() == 1 => fields
                .iter()
                .next()
                .map(|(word, content)| (word.as_str(), Content::Value(Self::of(content)))),
            _ => None,
        };
        let known = || Flaw::of_all(format!("must be {}", listed(variants)));
        let (word, content) = one.ok_or_else(known)?;
        visitor.visit_enum(Variant { word, content })
    }

    numbers! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// The items of a list.
struct Items<'de> {
    rest: Enumerate<Iter<'de, Value>>,
    is_of_a_query: bool,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Flaw;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Flaw> {
        let Some((index, json)) = self.rest.next() else {
            return Ok(None);
        };
        let is_of_a_query = self.is_of_a_query;
        let item = seed.deserialize(Json {
            json,
            is_of_a_query,
        });
        item.map(Some)
            .map_err(|flaw| flaw.within(&format!("[{index}]")))
    }
}

/// The fields of an object, but for the one that has been read already.
struct Fields<'de> {
    rest: map::Iter<'de>,
    current: Option<(&'de str, &'de Value)>,
    but: &'static str,
    is_of_a_query: bool,
}

impl<'de> Fields<'de> {
    fn of(fields: &'de Map<String, Value>, is_of_a_query: bool) -> Self {
        Self {
            rest: fields.iter(),
            current: None,
            but: "",
            is_of_a_query,
        }
    }

    fn without(fields: &'de Map<String, Value>, but: &'static str) -> Self {
        Self {
            but,
            ..Self::of(fields, false)
        }
    }

    fn into_next(mut self) -> Option<&'de str> {
        let but = self.but;
        let next = self.rest.find(|(name, _)| *name != but);
        next.map(|(name, _)| name.as_str())
    }
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Flaw;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Flaw> {
        let but = self.but;
        let next = self.rest.find(|(name, _)| but.is_empty() || *name != but);
        let Some((name, value)) = next else {
            return Ok(None);
        };
        self.current = Some((name, value));
        let key: StrDeserializer<'_, Flaw> = name.as_str().into_deserializer();
        let key = seed.deserialize(key);
        key.map(Some).map_err(|flaw| flaw.within(&readable(name)))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Flaw> {
        let (name, json) = self.current.take().unwrap_or(("", &Value::Null));
        let is_of_a_query = self.is_of_a_query;
        let value = seed.deserialize(Json {
            json,
            is_of_a_query,
        });
        value.map_err(|flaw| flaw.within(&readable(name)))
    }
}

/// An object whose field `tag` says which variant it is.
pub(super) struct Tagged<'de> {
    pub(super) tag: &'static str,
    pub(super) json: &'de Value,
}

impl<'de> Deserializer<'de> for Tagged<'de> {
    type Error = Flaw;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        Json::of(self.json).deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        let Self { tag, json } = self;
        let fields = json
            .as_object()
            .ok_or_else(|| Flaw::of_all("must be a JSON object"))?;
        let word = match fields.get(tag) {
            Some(word) => word.as_str().filter(|word| variants.contains(word)),
            None => {
                let problem = format!("is missing; use {}", listed(variants));
                return Err(Flaw::at(tag, problem));
            }
        };
        let word = word.ok_or_else(|| Flaw::at(tag, format!("must be {}", listed(variants))))?;
        let content = Content::Fields(Fields::without(fields, tag));
        visitor.visit_enum(Variant { word, content })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// What comes with the name of a variant.
enum Content<'de> {
    Nothing,
    Value(Json<'de>),
    Fields(Fields<'de>),
}

struct Variant<'de> {
    word: &'de str,
    content: Content<'de>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Flaw;
    type Variant = Content<'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Content<'de>), Flaw> {
        let word: StrDeserializer<'_, Flaw> = self.word.into_deserializer();
        Ok((seed.deserialize(word)?, self.content))
    }
}

impl<'de> VariantAccess<'de> for Content<'de> {
    type Error = Flaw;

    fn unit_variant(self) -> Result<(), Flaw> {
        match self {
            Self::Nothing => Ok(()),
            Self::Value(json) => <()>::deserialize(json),
            Self::Fields(fields) => match fields.into_next() {
                Some(name) => Err(Flaw::at(name, "is not known here; leave it out")),
                None => Ok(()),
            },
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Flaw> {
        match self {
            Self::Nothing => seed.deserialize(Json::of(&Value::Null)),
            Self::Value(json) => seed.deserialize(json),
            Self::Fields(fields) => seed.deserialize(MapAccessDeserializer::new(fields)),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Flaw> {
        match self {
            Self::Value(json) => json.deserialize_any(visitor),
            _ => Err(Flaw::of_all("must be a list")),
        }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        match self {
            Self::Nothing => Err(Flaw::of_all("must be a JSON object")),
            Self::Value(json) => json.deserialize_any(visitor),
            Self::Fields(fields) => visitor.visit_map(fields),
        }
    }
}
