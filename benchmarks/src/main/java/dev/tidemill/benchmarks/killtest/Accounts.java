package dev.tidemill.benchmarks.killtest;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A table of the database that is inserted into, updated and deleted from, by numbered statements
 * each of which follows from its number alone; and what the table has after the first n of them. So
 * whoever opens the database after a kill can tell which was the last to be committed.
 */
final class Accounts {
  static final String TABLE =
      "CREATE TABLE IF NOT EXISTS account (id BIGINT NOT NULL, balance BIGINT) WITH ('append_only' = 'false')";

  private static final int GROUPS = 5;
  private static final int CUSTOMERS = 40;

  private final Map<Long, Long> balances = new TreeMap<>();
  private long statements;

  /** One that is as the first {@code statements} have left it. */
  Accounts(long statements) {
    while (this.statements < statements) {
      apply();
    }
  }

  /** How many statements it has had. */
  long statements() {
    return statements;
  }

  private static Random random(long statement) {
    return new Random(statement * 0x9E3779B97F4A7C15L);
  }

  /** The statement that comes next. */
  String next() {
    Random random = random(statements);
    return switch ((int) (statements % 4)) {
      case 0, 2 -> {
        StringBuilder sql = new StringBuilder("INSERT INTO account VALUES ");
        for (int i = 0; i < 3; i++) {
          sql.append(i == 0 ? "" : ", ").append("(%d, %d)".formatted(id(i), random.nextInt(1_000)));
        }
        yield sql.toString();
      }
      case 1 ->
          "UPDATE account SET balance = balance + %d WHERE MOD(id, %d) = %d"
              .formatted(random.nextInt(100) - 50, GROUPS, random.nextInt(GROUPS));
      default -> "DELETE FROM account WHERE MOD(id, %d) = %d".formatted(CUSTOMERS, gone(random));
    };
  }

  private long id(int i) {
    return statements * 3 + i;
  }

  private static int gone(Random random) {
    return random.nextInt(CUSTOMERS);
  }

  /** The statement that comes next has been executed. */
  void apply() {
    Random random = random(statements);
    switch ((int) (statements % 4)) {
      case 0, 2 -> {
        for (int i = 0; i < 3; i++) {
          balances.put(id(i), (long) random.nextInt(1_000));
        }
      }
      case 1 -> {
        long more = random.nextInt(100) - 50;
        int group = random.nextInt(GROUPS);
        balances.replaceAll((id, balance) -> id % GROUPS == group ? balance + more : balance);
      }
      default -> {
        int gone = gone(random);
        balances.keySet().removeIf(id -> id % CUSTOMERS == gone);
      }
    }
    statements++;
  }

  /** What {@link #FINGERPRINT_SQL} gives for it. */
  String fingerprint() {
    long ids = balances.keySet().stream().mapToLong(Long::longValue).sum();
    long sum = balances.values().stream().mapToLong(Long::longValue).sum();
    long mixed = balances.entrySet().stream().mapToLong(row -> row.getKey() * row.getValue()).sum();
    return "%d %d %d %d".formatted(balances.size(), ids, sum, mixed);
  }

  static final String FINGERPRINT_SQL =
      "SELECT COUNT(*), COALESCE(SUM(id), 0), COALESCE(SUM(balance), 0), COALESCE(SUM(id * balance), 0) FROM account";
}
