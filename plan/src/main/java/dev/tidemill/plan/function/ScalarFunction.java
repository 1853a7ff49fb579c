package dev.tidemill.plan.function;

/**
 * The scalar functions. Unless said otherwise a call is NULL where an argument is, and arguments
 * have exactly the types named (the planner casts). <em>number</em> is TINYINT to BIGINT, REAL,
 * DOUBLE or DECIMAL; <em>comparable</em> is every type but MAP. Overflow and division by zero are
 * errors, for DOUBLE division by zero too; REAL and DOUBLE that grow beyond all numbers by + - * /
 * become infinite. ARRAYs and ROWs compare element by element, inside NULLs are equal and the
 * greatest.
 */
public enum ScalarFunction {
  // Comparison of two comparables of one type (DECIMALs of one scale) -> BOOLEAN. NaN equals NaN
  // and is the greatest.
  EQUAL,
  NOT_EQUAL,
  LESS,
  LESS_OR_EQUAL,
  GREATER,
  GREATER_OR_EQUAL,
  /** Never NULL; two NULLs are not distinct. */
  IS_DISTINCT,
  /** Never NULL. */
  IS_NOT_DISTINCT,

  // Tests that are never NULL -> BOOLEAN. The first two take any type, the others BOOLEAN.
  IS_NULL,
  IS_NOT_NULL,
  IS_TRUE,
  IS_NOT_TRUE,
  IS_FALSE,
  IS_NOT_FALSE,
  /** Three-valued negation of a BOOLEAN. */
  NOT,

  // Arithmetic. (number, number) of one type -> that type; DECIMALs of any precision and scale ->
  // the call's DECIMAL,
  // rounding half up. Intervals: of one kind with each other.
  /**
   * Also (DATE | TIME | TIMESTAMP, interval) -> the first's type. A DATE takes whole days, else it
   * is an error; a TIME goes round midnight; months keep the day, at most the last of the month.
   * What is finer than the type is cut, towards the past.
   */
  ADD,
  /** As ADD. */
  SUBTRACT,
  /** Also (interval, BIGINT | DOUBLE), rounding half to even. */
  MULTIPLY,
  /** Also (interval, BIGINT | DOUBLE). Integers, and intervals by BIGINT, divide towards zero. */
  DIVIDE,
  /** Sign of the dividend. */
  MODULO,
  /** number or interval. */
  NEGATE,
  /** As NEGATE. */
  ABS,
  /** number -> the call's type: -1, 0, 1; REAL and DOUBLE keep theirs, and NaN. */
  SIGN,

  // Rounding. DECIMAL -> the call's DECIMAL or integer, other numbers -> the same type; ROUND,
  // ROUND_EVEN
  // and TRUNCATE with INTEGER
  // digits as optional second argument, negative ones before the point. REAL and DOUBLE round as
  // the digits they print as.
  FLOOR,
  CEIL,
  /** Half away from zero. */
  ROUND,
  /** Half to the even digit. */
  ROUND_EVEN,
  TRUNCATE,

  // DOUBLE -> DOUBLE. A result that is not defined (SQRT(-1), LN(0)) is an error.
  SQRT,
  CBRT,
  EXP,
  /** e to the power of x, less 1, exact for small x. */
  EXPM1,
  LN,
  /** LN(1 + x), exact for small x. */
  LOG1P,
  LOG10,
  LOG2,
  /** (base, x). */
  LOG,
  /** (x, y). */
  POWER,
  SIN,
  COS,
  TAN,
  COT,
  ASIN,
  ACOS,
  ATAN,
  /** (y, x). */
  ATAN2,
  SINH,
  COSH,
  TANH,
  ASINH,
  ACOSH,
  ATANH,
  DEGREES,
  RADIANS,
  PI,

  // Integers of one type -> that type.
  BIT_AND,
  BIT_OR,
  BIT_XOR,
  BIT_NOT,
  /**
   * (integer, INTEGER count): bits that leave the type are lost; a count that is negative or beyond
   * its bits is an error.
   */
  BIT_SHIFT_LEFT,
  /** (integer, INTEGER count): keeps the sign. */
  BIT_SHIFT_RIGHT,

  /** BIGINTs -> BIGINT, never negative; 0 of two zeros. */
  GCD,
  LCM,
  /** BIGINT from 0 to 20 -> BIGINT. */
  FACTORIAL,
  /** integer -> INTEGER: the bits that are 1. */
  BIT_COUNT,
  /**
   * (x, low, high, BIGINT buckets) DOUBLEs -> BIGINT: which of so many equal parts of [low, high) x
   * is in, from 1; 0 before them, buckets + 1 behind. Where low is above high they count downwards.
   */
  WIDTH_BUCKET,

  /** REAL | DOUBLE -> BOOLEAN. */
  IS_NAN,
  /** REAL | DOUBLE -> BOOLEAN. */
  IS_INFINITE,

  /** Any expression -> its type; NULL where it is an error. */
  TRY,
  /** VARCHAR -> any type; an error with that text. */
  RAISE_ERROR,

  // (comparable, comparable, …) of one type -> that type; NULLs are left out, NULL if all are.
  GREATEST,
  LEAST,

  // Text. VARCHAR unless said otherwise; positions and lengths are INTEGER, count code points, from
  // 1.
  UPPER,
  LOWER,
  INITCAP,
  /** -> INTEGER, code points. */
  CHAR_LENGTH,
  /** VARCHAR or VARBINARY -> INTEGER, bytes. */
  OCTET_LENGTH,
  /** (text, text, …), or VARBINARYs. */
  CONCAT,
  /** (separator, text, …): NULL texts are left out; NULL only for a NULL separator. */
  CONCAT_WS,
  /**
   * (text | VARBINARY, start [, count]): SQL's, start may be before 1. A negative count is an
   * error.
   */
  SUBSTRING,
  /** (text, count). A negative count leaves out that many at the other end. */
  LEFT,
  /** As LEFT. */
  RIGHT,
  /**
   * (needle, text [, start]) -> INTEGER; 0 where there is none. An empty needle is found at the
   * start.
   */
  POSITION,
  /** (text, characters to trim). */
  TRIM,
  TRIM_LEADING,
  TRIM_TRAILING,
  /** (text, from, to). */
  REPLACE,
  /** (text, replacement, start [, count]): count is the replacement's length unless given. */
  OVERLAY,
  /** (text, length, fill): cut where it is longer, as it is where there is nothing to fill with. */
  LPAD,
  RPAD,
  /** (text, count). */
  REPEAT,
  REVERSE,
  /**
   * (text, delimiter, index): index counted from 1, from the end where negative; '' where there is
   * none.
   */
  SPLIT_PART,
  /** (text, from characters, to characters): characters without a partner go. */
  TRANSLATE,
  /** -> INTEGER: code point of the first character, 0 for ''. */
  ASCII,
  /** INTEGER -> VARCHAR. */
  CHR,
  /**
   * (text, pattern [, escape]) -> BOOLEAN; % any characters, _ one. No character escapes unless
   * given.
   */
  LIKE,
  /** As LIKE, upper and lower case alike. */
  ILIKE,
  /** (text, pattern) -> BOOLEAN: SQL's SIMILAR TO. */
  SIMILAR,
  /** (text, prefix) -> BOOLEAN. */
  STARTS_WITH,
  ENDS_WITH,
  CONTAINS,
  /** (text, java.util.regex pattern) -> BOOLEAN: somewhere in the text. */
  REGEXP_LIKE,
  /** (text, pattern, replacement), all matches; $1 and ${name} in the replacement are groups. */
  REGEXP_REPLACE,
  /**
   * (text, pattern [, group INTEGER]): the first match (group 0, the whole, unless given), NULL
   * where there is none.
   */
  REGEXP_EXTRACT,
  /** (text, pattern, group INTEGER) -> VARCHAR ARRAY: that group of each match. */
  REGEXP_EXTRACT_ALL,
  /** (text, pattern) -> VARCHAR ARRAY: what stands between the matches. */
  REGEXP_SPLIT,
  /** (text, pattern) -> INTEGER: matches that do not overlap. */
  REGEXP_COUNT,
  /** VARCHAR or VARBINARY -> VARCHAR of hexadecimal digits, lower case; so are the next three. */
  MD5,
  SHA1,
  SHA256,
  SHA512,
  /** any values -> BIGINT, never NULL: 64 bits that are the same for ever. */
  HASH,
  /** VARCHAR or VARBINARY -> BIGINT: the checksum of gzip and zip. */
  CRC32,
  /** text -> VARCHAR: a letter and three digits for how an English word sounds. */
  SOUNDEX,
  /** (text, text) -> INTEGER: the least number of characters to insert, drop or change. */
  LEVENSHTEIN,
  /** As LEVENSHTEIN, where neighbours may change places too. */
  DAMERAU_LEVENSHTEIN,
  /** (text, text) of one length -> INTEGER: the places at which they differ. */
  HAMMING,
  /** (text, text) -> DOUBLE from 0 to 1; so are the next two. */
  JACCARD,
  JARO_SIMILARITY,
  JARO_WINKLER_SIMILARITY,
  /** (BIGINT, radix INTEGER) -> VARCHAR: digits and capital letters; of 2 the bits. */
  TO_BASE,
  /** text -> VARCHAR: letters without their marks. */
  STRIP_ACCENTS,
  /** (format, any, …) -> VARCHAR: values in the places of braces. */
  FORMAT,
  /** (format, any, …) -> VARCHAR: java.util.Formatter's; NULLs are printed. */
  PRINTF,
  /** text -> VARCHAR, as in a URL's query; URL_DECODE of what is none is an error. */
  URL_ENCODE,
  URL_DECODE,
  /** VARBINARY or VARCHAR, its bytes -> VARCHAR, upper case. */
  TO_HEX,
  /** VARCHAR -> VARBINARY; other than hexadecimal pairs is an error. */
  FROM_HEX,
  /** VARBINARY or VARCHAR, its bytes -> VARCHAR. */
  TO_BASE64,
  /** VARCHAR -> VARBINARY; other than base64 is an error. */
  FROM_BASE64,

  // Dates and times. The first argument is DATE, TIME or TIMESTAMP, or an interval where that makes
  // sense.
  /**
   * (unit VARCHAR literal, x) -> BIGINT. The units: MILLENNIUM, CENTURY, DECADE, YEAR, ISOYEAR,
   * QUARTER, MONTH, WEEK (ISO), DAY, DOW (Sunday is 1), ISODOW (Monday is 1), DOY, HOUR, MINUTE,
   * SECOND, MILLISECOND, MICROSECOND, NANOSECOND (these three of the minute, whole seconds
   * included), EPOCH (whole seconds). x is DATE, TIME, TIMESTAMP or an interval.
   */
  EXTRACT,
  /**
   * (unit literal, x) -> x's type: the start of the unit that x is in; WEEK starts on Monday,
   * CENTURY in year 1.
   */
  DATE_TRUNC,
  /** (unit literal, x) -> x's type: the least start of a unit that is not before x. */
  DATE_CEIL,
  /** (unit literal, from, to) of one type -> BIGINT: whole units between, towards zero. */
  DATE_DIFF,
  /**
   * (to, from) of one type -> BIGINT days for DATE (or an interval, as the call's type says),
   * INTERVAL DAY TO SECOND else.
   */
  TIME_BETWEEN,
  /** DATE | TIMESTAMP -> DATE. */
  LAST_DAY,
  /** DATE | TIMESTAMP -> VARCHAR, English. */
  DAYNAME,
  MONTHNAME,
  /** (BIGINT seconds since the epoch) -> TIMESTAMP. */
  FROM_EPOCH_SECONDS,
  FROM_EPOCH_MILLIS,
  FROM_EPOCH_MICROS,
  /**
   * (TIMESTAMP, name of a zone) -> the instant of the same precision at which the clocks there show
   * it; (instant, name) -> the TIMESTAMP that they show.
   */
  AT_TIME_ZONE,
  /**
   * (DATE | TIME | TIMESTAMP, java.time pattern) -> VARCHAR; an instant may have the name of the
   * zone to show it in behind the pattern, else it is in UTC.
   */
  FORMAT_TIME,
  /**
   * (VARCHAR, java.time pattern) -> the call's DATE, TIME or TIMESTAMP; what is not of the pattern
   * is an error.
   */
  PARSE_TIME,
  /** As FORMAT_TIME, with a pattern of C's strftime. */
  STRFTIME,
  /** As PARSE_TIME, with a pattern of C's strptime. */
  STRPTIME,
  /** As FORMAT_TIME, with a pattern of letters as in YYYY-MM-DD HH24:MI:SS. */
  TO_CHAR,
  /** (year, month, day) INTEGERs -> DATE; what is no date is an error. */
  MAKE_DATE,
  /** (year, month, day, hour, minute INTEGERs, DOUBLE seconds) -> TIMESTAMP(6). */
  MAKE_TIMESTAMP,
  /**
   * (to, from) TIMESTAMPs -> DOUBLE: months between, whole where both are the same day or both the
   * last of their month, else with the rest in months of 31 days, rounded to 8 digits.
   */
  MONTHS_BETWEEN,
  /**
   * (interval, x) -> the type of x, a TIMESTAMP: the start of the interval-wide bucket that x is
   * in. Buckets of months are counted from 2000-01-01, others from Monday, 2000-01-03.
   */
  TIME_BUCKET,

  // The statement's (in a standing query the step's) time; no arguments, never NULL.
  /** -> DATE, in UTC as the two below. */
  CURRENT_DATE,
  /** -> TIME(6). */
  CURRENT_TIME,
  /** -> a TIMESTAMP in UTC, or an instant. */
  CURRENT_TIMESTAMP,
  /**
   * -> TIMESTAMP(3) in UTC: as CURRENT_TIMESTAMP, of the step that took the row. A row keeps it, so
   * it stays where it stands, above the scan.
   */
  PROCTIME,

  // Not deterministic: refused in standing queries.
  /** -> DOUBLE in [0, 1). */
  RANDOM,
  /** -> VARCHAR. */
  UUID,

  // JSON as VARCHAR. A path is $ and then .name, ['name'] or [index from 0]; a text that begins
  // with
  // neither $ nor / is one name. What is no JSON is NULL.
  /** (json, path) -> VARCHAR: the text of a string, number or truth value there, else NULL. */
  JSON_VALUE,
  /** (json, path) -> VARCHAR: the object or array there as JSON, else NULL. */
  JSON_QUERY,
  /** (json, path) -> VARCHAR: whatever is there as JSON, NULL where nothing is. */
  JSON_EXTRACT,
  /** (json, path) -> VARCHAR: whatever is there, strings as text, others as JSON, null as NULL. */
  JSON_EXTRACT_STRING,
  /** (json, path) -> BOOLEAN. */
  JSON_EXISTS,
  /** json -> BOOLEAN. */
  JSON_VALID,
  /** json -> VARCHAR: OBJECT, ARRAY, VARCHAR, BIGINT, DOUBLE, BOOLEAN or NULL. */
  JSON_TYPE,
  /** text -> VARCHAR ARRAY: the names of an object's members; of other JSON none. */
  JSON_KEYS,
  /** (text, text) -> VARCHAR: an object with the members of another, NULLs gone (RFC 7396). */
  JSON_MERGE_PATCH,
  /**
   * (json, path, BOOLEAN) -> VARCHAR ARRAY: what a path with * leads to, as JSON, or as text where
   * that is TRUE.
   */
  JSON_EXTRACT_ALL,
  /**
   * (json, path) -> ARRAY of ROWs of the key, JSON, type, text and path of each member or element;
   * of what is neither object nor array itself.
   */
  JSON_ENTRIES,
  /** (json, json) -> BOOLEAN: whether the second is in the first, members in members. */
  JSON_CONTAINS,
  /** json -> VARCHAR in lines. */
  JSON_PRETTY,
  /** json -> INTEGER: the elements of an array, else NULL. */
  JSON_ARRAY_LENGTH,
  /** Any value -> VARCHAR, never NULL: NULL is null. */
  TO_JSON,
  /** (name, json, name, json, …) -> VARCHAR; members with a NULL name or json go. */
  JSON_OBJECT,
  /** (json, …) -> VARCHAR; a NULL json goes. */
  JSON_ARRAY,

  // Nested values. An index counts from 1, or from the end where it is negative. Elements are equal
  // as inside of what is compared: NULL is NULL, NaN is NaN.
  /** (element, …), all of the ARRAY's element type -> ARRAY; never NULL. */
  ARRAY,
  /** (key, value, …) -> MAP; never NULL. A key that is NULL or there twice is an error. */
  MAP,
  /** (value, …) -> ROW of as many fields; never NULL. */
  ROW,
  /**
   * (ARRAY, BIGINT index) -> element; (MAP, key) -> value. NULL where there is none, and at index
   * 0.
   */
  ITEM,
  /** ARRAY | MAP -> INTEGER. */
  CARDINALITY,
  /** (ARRAY, element) -> BOOLEAN; never NULL unless an argument is. */
  ARRAY_CONTAINS,
  /** (ARRAY, element) -> INTEGER index of the first, NULL where there is none. */
  ARRAY_POSITION,
  /** (ARRAY, element): without all that equal the element. */
  ARRAY_REMOVE,
  /** ARRAY -> least element that is not NULL; NULL where there is none. So is the next. */
  ARRAY_MIN,
  ARRAY_MAX,
  /** ARRAY of BIGINT, DOUBLE or DECIMAL -> the sum of those that are not NULL, of their type. */
  ARRAY_SUM,
  /** ARRAY -> those that are not NULL. */
  ARRAY_COMPACT,
  /** (ARRAY, …) of one type. */
  ARRAY_CONCAT,
  /** (ARRAY, ARRAY) of one type -> those of the first that are in the second, each once. */
  ARRAY_INTERSECT,
  /** (ARRAY, ARRAY) of one type -> those of the first that are not in the second, each once. */
  ARRAY_EXCEPT,
  /** (ARRAY, ARRAY) of one type -> BOOLEAN: whether an element that is not NULL is in both. */
  ARRAYS_OVERLAP,
  /** (VARCHAR ARRAY, separator [, text for NULL]) -> VARCHAR; NULLs are left out unless given. */
  ARRAY_JOIN,
  /** ARRAY of ARRAYs -> ARRAY; NULLs among the inner ones are left out. */
  FLATTEN,
  /** ARRAY -> MAP of each element that is not NULL, ascending, to how often it is there, BIGINT. */
  ARRAY_HISTOGRAM,
  /** Each element once, where it is first. */
  ARRAY_DISTINCT,
  ARRAY_REVERSE,
  /** (ARRAY, BOOLEAN descending, BOOLEAN NULLs first). */
  ARRAY_SORT,
  /** (ARRAY or text, BIGINT from, BIGINT to), both included; beyond the ends is nothing. */
  ARRAY_SLICE,
  /** (ARRAY, BIGINT from, BIGINT count); index 0 and a negative count are errors. */
  SLICE,
  /**
   * (ARRAY, BIGINT ARRAY of indexes) -> the elements at these, NULL where there is none; an index
   * is as that of ITEM.
   */
  ARRAY_SELECT,
  /**
   * (ARRAY, …) -> ARRAY of ROWs of one element of each, as long as the longest, with NULLs behind
   * the others; never NULL, a NULL is an ARRAY without elements.
   */
  ARRAYS_ZIP,
  /** MAP -> ARRAY, as the three below in the order of the entries. */
  MAP_KEYS,
  MAP_VALUES,
  /** MAP -> ARRAY of ROWs of key and value. */
  MAP_ENTRIES,
  /** (ARRAY of keys, ARRAY of values) of one length -> MAP; keys as those of MAP. */
  MAP_FROM_ARRAYS,
  /** ARRAY of ROWs of two fields -> MAP; keys as those of MAP. */
  MAP_FROM_ENTRIES,
  /** (DOUBLE ARRAY, DOUBLE ARRAY) of one length without NULLs -> DOUBLE; so are the next two. */
  ARRAY_INNER_PRODUCT,
  ARRAY_DISTANCE,
  ARRAY_COSINE_SIMILARITY,
  /** (text, separator) -> VARCHAR ARRAY; characters where the separator is ''. */
  SPLIT,
  /**
   * (from, to [, step]) BIGINTs -> BIGINT ARRAY with to, where it is met, or (from, to, interval)
   * TIMESTAMP(6)s -> TIMESTAMP(6) ARRAY. Without step it goes towards to; a step of 0 is an error.
   * The result may also be a ROW of the first value, the number of values and the step, which
   * UNNEST takes for the values.
   */
  SEQUENCE,
  /** As SEQUENCE, without to. */
  RANGE;

  /** Whether two calls with the same arguments may differ. */
  public boolean isVolatile() {
    return this == RANDOM || this == UUID || this == PROCTIME;
  }
}
