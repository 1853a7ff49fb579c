package dev.tidemill.testing.random;

/** Random values: few different ones, so that they meet; now and then an odd one. */
final class Literals {
  private final Dice dice;

  /** How many different numbers there are. */
  private final int numbers;

  /** One value in so many is an extreme one; 0 for none. */
  private final int extremes;

  Literals(Dice dice, int numbers, int extremes) {
    this.dice = dice;
    this.numbers = numbers;
    this.extremes = extremes;
  }

  String nullable(Kind kind) {
    return dice.oneIn(5) ? "NULL" : of(kind);
  }

  /** A value for a column, of which some are wider than their kind. */
  String stored(Column column) {
    if (extremes > 0 && dice.oneIn(extremes)) {
      switch (column.name()) {
        case "w" -> {
          return dice.pick(
              "12345678901234567890123456.7891",
              "-99999999999999999999999999.9999",
              "0.0001",
              "9223372036854775807.5",
              "-9223372036854775808.0001");
        }
        case "r" -> {
          return "CAST("
              + dice.pick("'NaN'", "'Infinity'", "'-0.0'", "16777216", "-0.125")
              + " AS REAL)";
        }
        case "u" -> {
          return "TIMESTAMP "
              + dice.pick(
                  "'2024-02-29 10:30:00.125001'",
                  "'1969-12-31 23:59:59.999999'",
                  "'1500-03-01 00:00:00.000001'",
                  "'9999-12-31 23:59:59.999999'");
        }
        default -> {}
      }
    }
    if (column.name().equals("r")) {
      return dice.oneIn(5) ? "NULL" : dice.pick("0.25", "-1.5", "0", "3", "1024.5");
    }
    return nullable(column.kind());
  }

  String of(Kind kind) {
    boolean extreme = extremes > 0 && dice.oneIn(extremes);
    return switch (kind) {
      case NUMBER ->
          extreme
              ? dice.pick("2147483647", "-2147483648", "-1", "32767", "1000000007")
              : String.valueOf(dice.below(numbers));
      case DECIMAL ->
          extreme
              ? dice.pick("9999.99", "-9999.99", "-0.01", "0.01")
              : numbers < 100
                  ? dice.pick("0.50", "1.00", "2.25", "-3.10", "0.00", "2.00")
                  : dice.below(numbers) % 9999 + "." + (10 + dice.below(90));
      case DOUBLE ->
          "CAST("
              + (extreme
                  ? dice.pick(
                      "'1e15'",
                      "'-1e-3'",
                      "1048576.5",
                      "'NaN'",
                      "'Infinity'",
                      "'-Infinity'",
                      "'-0.0'")
                  : numbers < 100
                      ? dice.pick("0.25", "-1.5", "0", "3", "2", "1024.5")
                      : dice.below(numbers) + dice.pick(".0", ".5", ".25"))
              + " AS DOUBLE)";
      case TEXT ->
          extreme
              ? dice.pick("'it''s'", "'a%b_c'", "'日本'", "'😀x'", "' x '", "'X'", "'tab\tx'", "'é'")
              : numbers < 100
                  ? dice.pick("'x'", "'y'", "'xy'", "''", "'Xx'", "'zzz'")
                  : "'" + dice.pick("x", "yx", "long text number ") + dice.below(numbers) + "'";
      case TRUTH -> dice.pick("TRUE", "FALSE");
      case DATE ->
          "DATE "
              + (extreme
                  ? dice.pick(
                      "'0001-01-01'",
                      "'9999-12-31'",
                      "'1582-10-15'",
                      "'1582-10-04'",
                      "'1900-02-28'")
                  : numbers < 100
                      ? dice.pick("'2024-02-29'", "'2023-12-31'", "'1970-01-01'", "'1969-06-15'")
                      : "'20%02d-%02d-%02d'"
                          .formatted(dice.below(40), 1 + dice.below(12), 1 + dice.below(28)));
      case TIME ->
          "TIMESTAMP "
              + (numbers < 100
                  ? dice.pick(
                      "'2024-02-29 10:00:00'",
                      "'2024-02-29 10:30:00.125'",
                      "'2024-02-29 00:00:00'",
                      "'1969-12-31 23:59:59.999'",
                      "'1970-01-01 00:00:00'")
                  : "'2024-01-%02d %02d:%02d:00'"
                      .formatted(1 + dice.below(28), dice.below(24), dice.below(60)));
      case BYTES ->
          "UNHEX("
              + (numbers < 100
                  ? dice.pick("'00'", "'00FF'", "''", "'61'", "'6162'")
                  : "'" + "%08X".formatted(dice.below(numbers)) + "'")
              + ")";
      case LIST ->
          numbers < 100
              ? dice.pick(
                  "[0]", "[1, 2]", "[2, 1]", "[1, NULL]", "CAST([] AS INTEGER[])", "[3, 3, 1]")
              : "[" + dice.below(numbers) + ", " + dice.below(3) + "]";
      case INEXACT -> "CAST(1 AS DOUBLE)";
    };
  }
}
