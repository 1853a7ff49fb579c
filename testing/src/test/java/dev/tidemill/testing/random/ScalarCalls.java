package dev.tidemill.testing.random;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Calls of scalar functions and operators, as templates: a letter in braces is an argument of a
 * kind, {@code #} a small number. Where DuckDB writes it otherwise, that stands behind {@code ~}.
 *
 * <p>What differs by intent is left out or kept away from by its arguments: distances of texts
 * (DuckDB counts bytes), the position of NULL, NULLs among distinct elements, the sign of NaN,
 * texts from the end by a negative position, parts between nothing, patterns that match nothing,
 * rows with NULLs (DuckDB compares them as values), and weeks between dates before 1970, which
 * DuckDB rounds to zero.
 */
final class ScalarCalls {
  private static final Map<Character, Kind> LETTERS =
      Map.of(
          'N', Kind.NUMBER,
          'D', Kind.DECIMAL,
          'X', Kind.DOUBLE,
          'S', Kind.TEXT,
          'P', Kind.TRUTH,
          'T', Kind.DATE,
          'M', Kind.TIME,
          'B', Kind.BYTES,
          'L', Kind.LIST);

  private static final Map<Kind, List<String>> TEMPLATES = new EnumMap<>(Kind.class);

  static {
    TEMPLATES.put(
        Kind.NUMBER,
        List.of(
            "GCD({N}, {N})",
            "({N} & {N})",
            "BITOR({N}, {N})~({N} | {N})",
            "BITXOR({N}, {N})~XOR({N}, {N})",
            "BIT_COUNT({N})",
            "(ABS({N} % 5) << #)",
            "CASE WHEN {N} IS NULL THEN 1 WHEN {N} > 1 THEN {N} END",
            "OCTET_LENGTH({B})",
            "OCTET_LENGTH({S})~STRLEN({S})",
            "ASCII({S})",
            "INSTR({S}, {S})",
            "LENGTH(REPEAT({S}, #))",
            "LEVENSHTEIN(REGEXP_REPLACE({S}, '[^ -z]', '', 'g'), 'xyz')",
            "TRY_CAST({S} AS INTEGER)",
            "TRY_CAST(({N} * CAST(1000003 AS BIGINT)) AS SMALLINT)",
            "CAST({P} AS INTEGER)",
            "CAST(({N} % 100) AS TINYINT)",
            "TRY_CAST(ROUND({D}) AS INTEGER)",
            "TRY_CAST(FLOOR({D}) AS INTEGER)",
            "TRY(CAST({S} AS INTEGER))~TRY_CAST({S} AS INTEGER)",
            "IF({P}, {N}, {N})",
            "EXTRACT(WEEK FROM {T})",
            "EXTRACT(ISODOW FROM {T})",
            "EXTRACT(ISOYEAR FROM {T})",
            "EXTRACT(MINUTE FROM {M})",
            "EXTRACT(DECADE FROM {T})",
            "CAST(EXTRACT(EPOCH FROM {T}) AS BIGINT)",
            "EPOCH_MS({M})",
            "DATE_DIFF('hour', {M}, {M})",
            "DATE_DIFF('quarter', {T}, {T})",
            "DATE_SUB('month', {M}, {M})",
            "DATE_SUB('day', {M}, {M})",
            "CARDINALITY({L})~LEN({L})",
            "LIST_SUM({L})",
            "LIST_MAX({L})",
            "{L}[#]",
            "LIST_POSITION({L}, COALESCE({N}, 1))",
            "LEN(LIST_DISTINCT(LIST_FILTER({L}, lambda e: e IS NOT NULL)))",
            "LEN(LIST_FILTER({L}, lambda e: e > 1))",
            "LEN({L} || {L})",
            "LEN(STRING_SPLIT({S}, 'x'))",
            "CAST(CAST({N} AS VARCHAR) AS INTEGER)",
            "GREATEST({N}, {N}, {N})",
            "REGEXP_COUNT({S}, 'x')~LEN(REGEXP_EXTRACT_ALL({S}, 'x'))"));
    TEMPLATES.put(
        Kind.DECIMAL,
        List.of(
            "ROUND({D}, 1)",
            "CAST({N} AS DECIMAL(12,2))",
            "CAST(({N} % 1000) AS DECIMAL(5,2))",
            "TRY_CAST({D} AS DECIMAL(4,2))",
            "TRY_CAST({S} AS DECIMAL(6,2))",
            "({D} * #)",
            "({D} % 3)",
            "CAST(SIGN({D}) AS INTEGER) * CAST(0.5 AS DECIMAL(6,2))",
            "({D} + {N} % 1000)",
            "GREATEST({D}, {D})",
            "CAST({D} AS DECIMAL(32,3))",
            "CAST(CAST({D} AS VARCHAR) AS DECIMAL(32,4))"));
    TEMPLATES.put(
        Kind.DOUBLE,
        List.of(
            "(- {X})",
            "CEIL({X})",
            "({X} * {X})",
            "({X} * CAST(# AS DOUBLE))",
            "CAST({N} AS REAL)",
            "TRY_CAST({S} AS DOUBLE)",
            "CASE WHEN ISNAN({X}) THEN {X} ELSE 1 END",
            "GREATEST({X}, {X})",
            "LEAST({X}, {X})",
            "SIGN(NULLIF({X}, CAST('NaN' AS DOUBLE))) * CAST(1 AS DOUBLE)",
            "CAST(CAST({X} AS REAL) AS DOUBLE)"));
    TEMPLATES.put(
        Kind.TEXT,
        List.of(
            "REPEAT({S}, #)",
            "REVERSE({S})",
            "HEX({B})",
            "HEX({S})",
            "MD5({S})",
            "TRANSLATE({S}, 'xy', 'ab')",
            "SUBSTRING({S}, #, 1)",
            "LEFT({S}, -1)",
            "RIGHT({S}, -1)",
            "BTRIM({S}, 'x')~TRIM({S}, 'x')",
            "LTRIM({S}, 'xX')",
            "SPLIT_PART({S}, NULLIF({S}, ''), 2)",
            "REGEXP_REPLACE({S}, '[xy]+', '-', 'g')",
            "COALESCE(REGEXP_EXTRACT({S}, '([a-z])([a-z])', 2), '')",
            "CONCAT_WS({S}, {S}, {N}, {S})",
            "CONCAT({S}, {N}, {T})",
            "DAYNAME({T})",
            "MONTHNAME({T})",
            "STRFTIME({M}, '%Y/%m/%d %H-%M-%S')",
            "CAST({D} AS VARCHAR)",
            "CHR(CAST(97 + ABS({N} % 26) AS INTEGER))",
            "NVL2({S}, {S}, {S})~CASE WHEN {S} IS NOT NULL THEN {S} ELSE {S} END",
            "IF({P}, {S}, {S})",
            "LOWER({S} || {S})",
            "ARRAY_TO_STRING({L}, ',')",
            "CAST({S} AS VARCHAR(40))",
            "BASE64({B})"));
    TEMPLATES.put(
        Kind.TRUTH,
        List.of(
            "({S} LIKE 'x!%%' ESCAPE '!')",
            "({S} LIKE {S})",
            "({S} LIKE '%!_%' ESCAPE '!')",
            "REGEXP_LIKE({S}, '^[xy]*$')~REGEXP_MATCHES({S}, '^[xy]*$')",
            "REGEXP_FULL_MATCH({S}, 'x.*')",
            "CONTAINS({S}, {S})",
            "({B} < {B})",
            "({B} = UNHEX(HEX({B})))",
            "({L} = {L})",
            "({L} < {L})",
            "({L} IS NOT DISTINCT FROM {L})",
            "LIST_CONTAINS({L}, {N})",
            "ISNAN({X})",
            "ISINF({X})",
            "CAST({N} AS BOOLEAN)",
            "({N} IN ({N}, {N}, NULL))",
            "({D} NOT IN ({D}, 0.5))",
            "((COALESCE({N}, 1), COALESCE({S}, '')) = (COALESCE({N}, 1), COALESCE({S}, 'y')))",
            "((COALESCE({N}, 1), COALESCE({N}, 0)) < (COALESCE({N}, 1), COALESCE({N}, 1)))",
            "({M} - {M} > INTERVAL '1' DAY)",
            "(CASE WHEN {P} THEN {N} ELSE {N} END = {N})",
            "(COALESCE({P}, {P}) AND NOT {P})",
            "(({P}) IS NOT DISTINCT FROM ({P}))",
            "({N} BETWEEN {N} AND {N})",
            "({T} BETWEEN {T} AND {T})",
            "({M} >= {T})"));
    TEMPLATES.put(
        Kind.DATE,
        List.of(
            "({T} - #)",
            "CAST(DATE_TRUNC('month', {T}) AS DATE)",
            "CAST(DATE_TRUNC('week', {T}) AS DATE)",
            "CAST(DATE_TRUNC('quarter', {M}) AS DATE)",
            "TRY_CAST({S} AS DATE)",
            "CAST(CAST({T} AS VARCHAR) AS DATE)",
            "CAST(({T} + INTERVAL '1' MONTH) AS DATE)",
            "CAST(({T} - INTERVAL '1' YEAR) AS DATE)",
            "MAKE_DATE(2000 + {N} % 50, 1 + ABS({N} % 12), 28)",
            "({T} + ({N} % 100))",
            "IF({P}, {T}, {T})"));
    TEMPLATES.put(
        Kind.TIME,
        List.of(
            "({M} + ({M} - {M}))",
            "({M} - INTERVAL '1' MONTH)",
            "({M} + INTERVAL '90' SECOND)",
            "({M} + ({N} % 1000) * INTERVAL '1' HOUR)",
            "DATE_TRUNC('minute', {M})",
            "DATE_TRUNC('week', CAST({T} AS TIMESTAMP(3)))",
            "DATE_TRUNC('quarter', {M})",
            "TIME_BUCKET(INTERVAL '15' MINUTE, {M})",
            "TIME_BUCKET(INTERVAL '1' MONTH, {M})",
            "CAST(CAST({M} AS VARCHAR) AS TIMESTAMP(6))",
            "TRY_CAST({S} AS TIMESTAMP(3))",
            "CAST({T} AS TIMESTAMP(0))",
            "IF({P}, {M}, {M})"));
    TEMPLATES.put(
        Kind.BYTES,
        List.of(
            "({B} || {B})",
            "UNHEX(HEX({S}))",
            "UNHEX(MD5({S}))",
            "GREATEST({B}, {B})",
            "SUBSTRING({B}, 1, 1)~UNHEX(SUBSTRING(HEX({B}), 1, 2))"));
    TEMPLATES.put(
        Kind.LIST,
        List.of(
            "[{N} % 5]",
            "[{N} % 5, {N} % 3]",
            "({L} || {L})",
            "LIST_REVERSE({L})",
            "LIST_SORT({L})",
            "LIST_FILTER({L}, lambda e: e > 0)",
            "LIST_TRANSFORM({L}, lambda e: e % 3)",
            "{L}[1:2]",
            "IF({P}, {L}, {L})"));
  }

  private ScalarCalls() {}

  /** A call of the kind, its arguments by {@code argument}. */
  static Tree of(Kind kind, Dice dice, Function<Kind, Tree> argument) {
    return of(kind, dice.pick(TEMPLATES.get(kind)), dice, argument);
  }

  /** Every call there is of the kind, once. */
  static List<Tree> all(Kind kind, Dice dice, Function<Kind, Tree> argument) {
    return TEMPLATES.getOrDefault(kind, List.of()).stream()
        .map(template -> of(kind, template, dice, argument))
        .toList();
  }

  private static Tree of(Kind kind, String template, Dice dice, Function<Kind, Tree> argument) {
    String number = String.valueOf(dice.below(4));
    int tilde = template.indexOf('~');
    List<String> ours =
        pieces((tilde < 0 ? template : template.substring(0, tilde)).replace("#", number));
    List<String> theirs =
        tilde < 0 ? ours : pieces(template.substring(tilde + 1).replace("#", number));
    if (ours.size() != theirs.size()) {
      throw new IllegalStateException("other arguments for DuckDB: " + template);
    }
    List<Object> parts = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      parts.add(
          i % 2 == 0
              ? Tree.word(ours.get(i), theirs.get(i))
              : argument.apply(LETTERS.get(ours.get(i).charAt(0))));
    }
    return Tree.of(kind.name(), parts.toArray());
  }

  /** Text, letter, text … */
  private static List<String> pieces(String template) {
    List<String> pieces = new ArrayList<>();
    int from = 0;
    for (int open = template.indexOf('{'); open >= 0; open = template.indexOf('{', from)) {
      pieces.add(template.substring(from, open));
      pieces.add(template.substring(open + 1, open + 2));
      from = open + 3;
    }
    pieces.add(template.substring(from));
    return pieces;
  }
}
