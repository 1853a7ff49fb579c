package dev.tidemill.plan.function;

/**
 * The scalar functions. Unless said otherwise a call is NULL where an argument is, and arguments have exactly the types
 * named (the planner casts). <em>number</em> is TINYINT to BIGINT, REAL, DOUBLE or DECIMAL; <em>comparable</em> is every
 * type but MAP. Overflow and division by zero are errors.
 */
public enum ScalarFunction {
  // Comparison of two comparables of one type (DECIMALs of one scale) -> BOOLEAN. NaN equals NaN and is the greatest.
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

  // Arithmetic. (number, number) of one type -> that type; DECIMALs of any precision and scale -> the call's DECIMAL,
  // rounding half up. Intervals: of one kind with each other.
  /** Also (DATE | TIME | TIMESTAMP, interval) -> the first's type. A DATE takes whole days. */
  ADD,
  /** As ADD. */
  SUBTRACT,
  /** Also (interval, BIGINT | DOUBLE). */
  MULTIPLY,
  /** Also (interval, BIGINT | DOUBLE). Integers divide towards zero. */
  DIVIDE,
  /** Sign of the dividend. */
  MODULO,
  /** number or interval. */
  NEGATE,
  ABS,
  /** number -> the same type: -1, 0, 1. */
  SIGN,

  // Rounding. number -> the call's type; ROUND and TRUNCATE with INTEGER digits as optional second argument.
  FLOOR,
  CEIL,
  /** Half away from zero. */
  ROUND,
  TRUNCATE,

  // DOUBLE -> DOUBLE. A result that is not defined (SQRT(-1), LN(0)) is an error.
  SQRT,
  CBRT,
  EXP,
  LN,
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
  DEGREES,
  RADIANS,
  PI,

  // Integers of one type -> that type.
  BIT_AND,
  BIT_OR,
  BIT_XOR,
  BIT_NOT,

  // (comparable, comparable, …) of one type -> that type; NULL if any is NULL.
  GREATEST,
  LEAST,

  // Text. VARCHAR unless said otherwise; positions and lengths are INTEGER, count code points, from 1.
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
  /** (text | VARBINARY, start [, count]): SQL's, start may be before 1. A negative count is an error. */
  SUBSTRING,
  /** (text, count). A negative count leaves out that many at the other end. */
  LEFT,
  /** As LEFT. */
  RIGHT,
  /** (needle, text [, start]) -> INTEGER; 0 where there is none. */
  POSITION,
  /** (text, characters to trim). */
  TRIM,
  TRIM_LEADING,
  TRIM_TRAILING,
  /** (text, from, to). */
  REPLACE,
  /** (text, replacement, start [, count]). */
  OVERLAY,
  /** (text, length, fill). */
  LPAD,
  RPAD,
  /** (text, count). */
  REPEAT,
  REVERSE,
  /** (text, delimiter, index): index counted from 1, from the end where negative; '' where there is none. */
  SPLIT_PART,
  /** (text, from characters, to characters). */
  TRANSLATE,
  /** -> INTEGER: code point of the first character, 0 for ''. */
  ASCII,
  /** INTEGER -> VARCHAR. */
  CHR,
  /** (text, pattern [, escape]) -> BOOLEAN; % any characters, _ one. */
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
  /** (text, pattern, replacement), all matches. */
  REGEXP_REPLACE,
  /** (text, pattern [, group INTEGER]): the first match, NULL where there is none. */
  REGEXP_EXTRACT,
  /** VARCHAR -> VARCHAR of hexadecimal digits. */
  MD5,
  SHA256,
  /** VARBINARY -> VARCHAR. */
  TO_HEX,

  // Dates and times. The first argument is DATE, TIME or TIMESTAMP, or an interval where that makes sense.
  /** (unit VARCHAR literal: YEAR, QUARTER, MONTH, WEEK (ISO), DAY, DOW, ISODOW, DOY, HOUR, MINUTE, SECOND,
   * MILLISECOND, MICROSECOND, NANOSECOND, EPOCH, CENTURY, DECADE, MILLENNIUM, ISOYEAR; x) -> BIGINT. */
  EXTRACT,
  /** (unit literal, x) -> x's type: the start of the unit that x is in; WEEK starts on Monday. */
  DATE_TRUNC,
  /** (unit literal, x) -> x's type: the least start of a unit that is not before x. */
  DATE_CEIL,
  /** (unit literal, from, to) of one type -> BIGINT: whole units between. */
  DATE_DIFF,
  /** (to, from) of one type -> BIGINT days for DATE, INTERVAL DAY TO SECOND else. */
  TIME_BETWEEN,
  /** DATE | TIMESTAMP -> DATE. */
  LAST_DAY,
  /** DATE | TIMESTAMP -> VARCHAR, English. */
  DAYNAME,
  MONTHNAME,
  /** (BIGINT seconds since the epoch) -> TIMESTAMP. */
  FROM_EPOCH_SECONDS,
  FROM_EPOCH_MILLIS,
  /** (DATE | TIME | TIMESTAMP, java.time pattern) -> VARCHAR. */
  FORMAT_TIME,

  // The statement's (in a standing query the step's) time; no arguments, never NULL.
  CURRENT_DATE,
  /** -> TIME(6). */
  CURRENT_TIME,
  /** -> TIMESTAMP(6): CURRENT_TIMESTAMP and LOCALTIMESTAMP. */
  CURRENT_TIMESTAMP,

  // Not deterministic: refused in standing queries.
  /** -> DOUBLE in [0, 1). */
  RANDOM,
  /** -> VARCHAR. */
  UUID,

  // Nested values.
  /** (ARRAY, INTEGER from 1) -> element, NULL beyond the ends; (MAP, key) -> value. */
  ITEM,
  /** ARRAY | MAP -> INTEGER. */
  CARDINALITY
}
