package dev.tidemill.exec.expression;

import static dev.tidemill.plan.function.ScalarFunction.*;

import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Functions of text: values, NULLs, selections, dictionaries, errors with their text. */
final class TextFunctionTest extends FunctionChecks {
  /** All functions that are tested here. */
  static Set<ScalarFunction> functions() {
    TextFunctionTest test = new TextFunctionTest();
    try {
      test.moreText();
      test.text();
      test.patterns();
      test.digests();
      test.similarities();
      test.formats();
      test.lists();
      return test.seen;
    } finally {
      test.nothingStaysAllocated();
    }
  }

  @Test
  void moreText() {
    is(3, LEVENSHTEIN, "kitten", "sitting");
    is(1, LEVENSHTEIN, "é", "e");
    is(3, BIT_COUNT, (byte) 7);
    is(8, BIT_COUNT, (byte) -1);
    isOfNulls("1 a null", Type.VARCHAR, PRINTF, "%d %s %s", 1L, "a", null);
    is("a+b%26", URL_ENCODE, "a b&");
    is("a b&", URL_DECODE, "a+b%26");
    fails(
        "INVALID_ARGUMENT: URL_DECODE: '%x' is not encoded for a URL",
        Type.VARCHAR, URL_DECODE, "%x");
  }

  @Test
  void text() {
    is("GRÜSSE, WELT UND MEHR", UPPER, "grüsse, Welt und mehr");
    is("plain ascii", LOWER, "Plain ASCII");
    is("Hello Wörld-Two 3rd", INITCAP, "hELLO wÖRLD-two 3RD");
    is(4, CHAR_LENGTH, "a😀ü!");
    is(16, CHAR_LENGTH, "0123456789ü12345");
    is(8, OCTET_LENGTH, "a😀ü!");
    is(2, OCTET_LENGTH, bytes(1, 2));
    is("abc", CONCAT, "a", "", "bc");
    is(bytes(1, 2, 3), CONCAT, bytes(1), bytes(2, 3));
    isOfNulls("a-b", Type.VARCHAR, CONCAT_WS, "-", "a", null, "b");
    isOfNulls(null, Type.VARCHAR, CONCAT_WS, null, "a", "b");
    isOfNulls("", Type.VARCHAR, CONCAT_WS, "-", null, null);
    is("üß", SUBSTRING, "aüßz", 2, 2);
    is("a", SUBSTRING, "aüßz", -1, 3);
    is("ßz and a long tail of text", SUBSTRING, "aüßz and a long tail of text", 3);
    is("", SUBSTRING, "abc", 9, 2);
    is(bytes(2, 3), SUBSTRING, bytes(1, 2, 3), 2);
    fails("INVALID_ARGUMENT: SUBSTRING: negative count -1", Type.VARCHAR, SUBSTRING, "abc", 1, -1);
    is("aü", LEFT, "aüßz", 2);
    is("aü", LEFT, "aüßz", -2);
    is("ßz", RIGHT, "aüßz", 2);
    is("z", RIGHT, "aüßz", -3);
    is("", RIGHT, "abc", 0);
    is(3, POSITION, "ß", "aüß");
    is(0, POSITION, "x", "aüß");
    is(5, POSITION, "ab", "abcdab", 2);
    is(1, POSITION, "", "abc");
    is(5, POSITION, "needle", "the needle");
    fails("INVALID_ARGUMENT: POSITION: start 0 is before 1", Type.INTEGER, POSITION, "a", "a", 0);
    is("b  c", TRIM, "  b  c ", " ");
    is("b", TRIM, "üaüübüa", "aü");
    is("bxx", TRIM_LEADING, "xxbxx", "x");
    is("xxb", TRIM_TRAILING, "xxbxx", "x");
    is("a--c", REPLACE, "abbc", "b", "-");
    is("abc", REPLACE, "abc", "", "-");
    is("aXYd", OVERLAY, "abcd", "XY", 2);
    is("aXYcd", OVERLAY, "abcd", "XY", 2, 1);
    is("xyxab", LPAD, "ab", 5, "xy");
    is("abxyx", RPAD, "ab", 5, "xy");
    is("a", RPAD, "ab", 1, "xy");
    fails("INVALID_ARGUMENT: LPAD: negative length -1", Type.VARCHAR, LPAD, "a", -1, "b");
    is("ababab", REPEAT, "ab", 3);
    is("", REPEAT, "ab", -3);
    fails(
        "INVALID_ARGUMENT: REPEAT: the result would have 2000000000 bytes, more than 67108864",
        Type.VARCHAR,
        REPEAT,
        "a",
        2_000_000_000);
    is("ü😀a", REVERSE, "a😀ü");
    is("b", SPLIT_PART, "a,b,c", ",", 2);
    is("c", SPLIT_PART, "a,b,c", ",", -1);
    is("", SPLIT_PART, "a,b,c", ",", 4);
    fails(
        "INVALID_ARGUMENT: SPLIT_PART: parts are counted from 1 or -1, not 0",
        Type.VARCHAR,
        SPLIT_PART,
        "a",
        ",",
        0);
    is("12x", TRANSLATE, "abcx", "abc", "12");
    is(128512, ASCII, "😀");
    is(0, ASCII, "");
    is("ü", CHR, 252);
    fails("INVALID_ARGUMENT: CHR: -1 is no code point", Type.VARCHAR, CHR, -1);
    is(true, STARTS_WITH, "abc", "ab");
    is(false, STARTS_WITH, "a", "ab");
    is(true, ENDS_WITH, "abc", "bc");
    is(true, CONTAINS, "a longer text with a needle", "needle");
    is(false, CONTAINS, "abc", "abd");
  }

  @Test
  void patterns() {
    is(true, LIKE, "special requests", "%special%requests%");
    is(false, LIKE, "requests special", "%special%requests%");
    is(true, LIKE, "", "%");
    is(false, LIKE, "", "_");
    is(true, LIKE, "grün", "gr_n");
    is(true, LIKE, "xxgrünyy", "%r_n%y");
    is(false, LIKE, "ab", "ab%b");
    is(true, LIKE, "50% off", "50!% %", "!");
    is(false, LIKE, "500 off", "50!% %", "!");
    is(true, LIKE, "a\\b", "a\\b");
    fails(
        "INVALID_PATTERN: LIKE: 'a!b' is no valid pattern: the escape character must stand before %, _ or itself",
        Type.BOOLEAN, LIKE, "x", "a!b", "!");
    fails(
        "INVALID_PATTERN: LIKE: 'ab' is no valid pattern: ESCAPE must be one character, not '!!'",
        Type.BOOLEAN,
        LIKE,
        "x",
        "ab",
        "!!");
    is(true, ILIKE, "GRÜN und Blau", "grün%BLAU");
    is(true, SIMILAR, "abcabc", "(abc)+");
    is(true, SIMILAR, "a.b", "a._?");
    is(false, SIMILAR, "axb", "a.b");
    is(true, SIMILAR, "xyz", "[x-z]%");
    is(false, SIMILAR, "abcd", "abc");
    is(true, REGEXP_LIKE, "order 66", "\\d+");
    fails(
        "INVALID_PATTERN: REGEXP_LIKE: '(' is no valid pattern: Unclosed group near index 1",
        Type.BOOLEAN,
        REGEXP_LIKE,
        "a",
        "(");
    is("b-a", REGEXP_REPLACE, "a-b", "(\\w)-(\\w)", "$2-$1");
    fails(
        "INVALID_ARGUMENT: REGEXP_REPLACE: '$1' is no valid replacement: No group 1",
        Type.VARCHAR,
        REGEXP_REPLACE,
        "a",
        "a",
        "$1");
    is("66", REGEXP_EXTRACT, "order 66", "\\d+");
    is("6", REGEXP_EXTRACT, "order 66", "(\\d)(\\d)", 2);
    isNull(Type.VARCHAR, REGEXP_EXTRACT, "order", "\\d+");
    fails(
        "INVALID_ARGUMENT: REGEXP_EXTRACT: no group 3 in '(a)', which has 1",
        Type.VARCHAR,
        REGEXP_EXTRACT,
        "a",
        "(a)",
        3);
    is(3, REGEXP_COUNT, "a1b22c", "[a-z]");
  }

  @Test
  void digests() {
    is("900150983cd24fb0d6963f7d28e17f72", MD5, "abc");
    is("a9993e364706816aba3e25717850c26c9cd0d89d", SHA1, "abc");
    is("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", SHA256, "abc");
    is(
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        SHA512,
        "abc");
    is("00FF", TO_HEX, bytes(0, 255));
    is(bytes(0, 255), FROM_HEX, "00fF");
    fails("INVALID_ARGUMENT: FROM_HEX: '0' is not hexadecimal", Type.VARBINARY, FROM_HEX, "0");
    is("AP8=", TO_BASE64, bytes(0, 255));
    is(bytes(0, 255), FROM_BASE64, "AP8=");
    fails("INVALID_ARGUMENT: FROM_BASE64: '?' is not base64", Type.VARBINARY, FROM_BASE64, "?");
  }

  @Test
  void similarities() {
    is(2, DAMERAU_LEVENSHTEIN, "ca", "abc");
    is(3, DAMERAU_LEVENSHTEIN, "", "abc");
    is(2, DAMERAU_LEVENSHTEIN, "duckdb", "udckbd");
    is(1, DAMERAU_LEVENSHTEIN, "aé", "éa");
    is(1, HAMMING, "duck", "luck");
    is(0, HAMMING, "", "");
    is(1557323817L, CRC32, "Spark");
    isOfNulls(Hash.mix(7), Type.BIGINT, HASH, 7L);
    isOfNulls(
        Hash.combine(Hash.ofBytes(new byte[] {'a'}, 0, 1), Hash.NULL),
        Type.BIGINT,
        HASH,
        "a",
        null);
    is("R163", SOUNDEX, "Rupert");
    is("A261", SOUNDEX, "Ashcroft");
    is("P236", SOUNDEX, "Pfister");
    is("1a", SOUNDEX, "1a");
    fails(
        "INVALID_ARGUMENT: HAMMING: texts of one length are compared, these have 1 and 2 characters",
        Type.INTEGER,
        HAMMING,
        "a",
        "ab");
    is(0.6, JACCARD, "duck", "luck");
    is(1.0, JACCARD, "aab", "ab");
    fails(
        "INVALID_ARGUMENT: JACCARD: a text without characters is like none",
        Type.DOUBLE,
        JACCARD,
        "",
        "a");
    is(0.9444444444444445, JARO_SIMILARITY, "martha", "marhta");
    is(0.7666666666666666, JARO_SIMILARITY, "dixon", "dicksonx");
    is(0.0, JARO_SIMILARITY, "", "a");
    is(0.0, JARO_SIMILARITY, "abc", "xyz");
    is(0.9611111111111111, JARO_WINKLER_SIMILARITY, "martha", "marhta");
    is(0.8133333333333332, JARO_WINKLER_SIMILARITY, "dixon", "dicksonx");
    is(0.5833333333333334, JARO_WINKLER_SIMILARITY, "abxx", "abyyyyyy");
    is(1.0, JARO_WINKLER_SIMILARITY, "a", "a");
    is("muhleisen AE", STRIP_ACCENTS, "mühleisen ÀÉ");
    is("2A", TO_BASE, 42L, 16);
    is("-1Z", TO_BASE, -71L, 36);
    is("1".repeat(64), TO_BASE, -1L, 2);
    fails(
        "INVALID_ARGUMENT: TO_BASE: a base from 2 to 36 is wanted, not 37",
        Type.VARCHAR,
        TO_BASE,
        5L,
        37);
  }

  @Test
  void formats() {
    is("a is 3", FORMAT, "{} is {}", "a", 3);
    is("a b a {}", FORMAT, "{0} {1} {0} {{}}", "a", "b");
    is("    a|b    |  c  |***d***", FORMAT, "{:>5}|{:<5}|{:^5}|{:*^7}", "a", "b", "c", "d");
    is(
        "00042|+42|ff|FF|10|101|0xff",
        FORMAT,
        "{:05d}|{:+d}|{:x}|{:X}|{:o}|{:b}|{:#x}",
        42,
        42,
        255,
        255,
        8,
        5,
        255);
    is(
        "3.14|   3.142|3.141590e+04|0.0001|2",
        FORMAT,
        "{:.2f}|{:8.3f}|{:e}|{:g}|{:.0f}",
        decimal("3.14159"),
        3.14159,
        31415.9,
        0.0001,
        decimal("2.5"));
    is("1,234,567|-1,234.50|1_234", FORMAT, "{:,}|{:,.2f}|{:_}", 1234567L, -1234.5, 1234);
    is("ab|ab   |-0042", FORMAT, "{:.2s}|{:5s}|{:05}", "abc", "ab", -42);
    is("1.5 true 2020-01-01", FORMAT, "{} {} {}", decimal("1.5"), true, date("2020-01-01"));
    fails(
        "INVALID_ARGUMENT: FORMAT: {} asks for value 1, but there are 1",
        Type.VARCHAR,
        FORMAT,
        "{} {}",
        "a");
    fails(
        "INVALID_ARGUMENT: FORMAT: {:d} is for a number, not VARCHAR",
        Type.VARCHAR,
        FORMAT,
        "{:d}",
        "a");
    fails("INVALID_ARGUMENT: FORMAT: { without } in '{'", Type.VARCHAR, FORMAT, "{", "a");
  }

  private void texts(
      List<@Nullable String> expected, ScalarFunction function, Object... arguments) {
    seen.add(function);
    Type type = new Type.Array(Type.VARCHAR);
    tester.check(expected, true, call(function, type, arguments));
  }

  @Test
  void lists() {
    texts(List.of("33", "14"), REGEXP_EXTRACT_ALL, "Peter: 33, Paul:14", "(\\w+):\\s*(\\d+)", 2);
    texts(List.of(), REGEXP_EXTRACT_ALL, "abc", "z", 0);
    texts(List.of("", "b", ""), REGEXP_EXTRACT_ALL, "ab", "b*", 0);
    texts(Arrays.asList(null, null), REGEXP_EXTRACT_ALL, "aXbX", "(a)?(.)X", 1);
    fails(
        "INVALID_ARGUMENT: REGEXP_EXTRACT_ALL: no group 3 in '(a)', which has 1",
        new Type.Array(Type.VARCHAR),
        REGEXP_EXTRACT_ALL,
        "a",
        "(a)",
        3);
    texts(List.of("hello", "world", "42"), REGEXP_SPLIT, "hello world; 42", ";? ");
    texts(List.of("", "a", ""), REGEXP_SPLIT, ",a,", ",");
    texts(List.of("a", "b", "c"), REGEXP_SPLIT, "abc", "");
    texts(List.of(""), REGEXP_SPLIT, "", "x");
    texts(List.of("a", "b"), JSON_KEYS, "{\"a\": {\"c\": [1]}, \"b\": null}");
    texts(List.of(), JSON_KEYS, "[1]");
    String items = "{\"i\": [{\"p\": 1}, {\"p\": \"x\"}, {}, 3]}";
    texts(List.of("1", "\"x\""), JSON_EXTRACT_ALL, items, "$.i[*].p", false);
    texts(List.of("1", "x"), JSON_EXTRACT_ALL, items, "$.*[*].p", true);
    texts(List.of("3"), JSON_EXTRACT_ALL, items, "$.i[3]", true);
    texts(List.of(), JSON_EXTRACT_ALL, "1", "$[*]", true);
    isNull(new Type.Array(Type.VARCHAR), JSON_EXTRACT_ALL, "[1", "$[*]", true);
    isNull(JsonEntries.TYPE, JSON_ENTRIES, "[1", "$");
    isNull(JsonEntries.TYPE, JSON_ENTRIES, "[1]", "$.a");
    isNull(new Type.Array(Type.VARCHAR), JSON_KEYS, "{a");
    is(
        "{\"b\":{\"d\":2,\"e\":5},\"a\":[1]}",
        JSON_MERGE_PATCH,
        "{\"a\":1,\"b\":{\"c\":1,\"d\":2}}",
        "{\"b\":{\"c\":null,\"e\":5},\"a\":[1]}");
    is("2", JSON_MERGE_PATCH, "{\"a\":1}", "2");
    is("{\"b\":1.50}", JSON_MERGE_PATCH, "7", "{\"b\":1.50,\"c\":null}");
    isNull(Type.VARCHAR, JSON_MERGE_PATCH, "{", "{}");
  }
}
