package dev.tidemill.storage.tpch;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * The columns of orders and lineitem. Both tables are generated from the same streams: an order's
 * status and price come from its lines. Dates are days since 1970-01-01, prices cents, discounts
 * and taxes hundredths.
 */
final class OrderSources {
  static final int MAX_LINES = 7;
  static final int SUPPLIERS_PER_PART = 4;

  private static final long FIRST_ORDER_DATE = LocalDate.of(1992, 1, 1).toEpochDay();
  private static final long LAST_ORDER_DATE = LocalDate.of(1998, 8, 2).toEpochDay();
  private static final long CURRENT_DATE = LocalDate.of(1995, 6, 17).toEpochDay();
  private static final byte[] STATES = "NFOP".getBytes(StandardCharsets.US_ASCII);

  private final TpchScale scale;
  private final long firstOrder;

  /** Sources that stand before order {@code firstOrder}, from 0. */
  OrderSources(TpchScale scale, long firstOrder) {
    this.scale = scale;
    this.firstOrder = firstOrder;
  }

  /** The key of the order with a number, from 0: of 32 keys the first eight are used. */
  static long orderKey(long row) {
    long number = row + 1;
    return (number >> 3 << 5) | (number & 7);
  }

  static RandomStream lineCounts(long firstOrder) {
    return new RandomStream(1434868289, 1, firstOrder);
  }

  static int lineCount(RandomStream lineCounts) {
    int count = (int) lineCounts.draw(1, MAX_LINES);
    lineCounts.nextRow();
    return count;
  }

  /** The key of a part's supplier {@code number}, from 0 to 3. */
  private static long supplier(TpchScale scale, long part, long number) {
    long suppliers = scale.suppliers();
    return (part + number * (suppliers / SUPPLIERS_PER_PART + (part - 1) / suppliers)) % suppliers
        + 1;
  }

  static ColumnSource suppliersOfPart(TpchScale scale) {
    return (row, lines, target) -> {
      for (int number = 0; number < lines; number++) {
        target.appendLong(supplier(scale, row + 1, number));
      }
    };
  }

  static ColumnSource lineNumber() {
    return (row, lines, target) -> {
      for (int line = 1; line <= lines; line++) {
        target.appendLong(line);
      }
    };
  }

  static long partPrice(long part) {
    return 90_000 + part / 10 % 20_001 + part % 1000 * 100;
  }

  /** Two thirds of the customers have orders: those whose key is not a multiple of three. */
  ColumnSource customer() {
    RandomStream customers = order(851767375);
    long last = scale.customers();
    return (row, lines, target) -> {
      long key = customers.draw(1, last);
      for (int step = 1; key % 3 == 0; step = -step) {
        key = Math.min(key + step, last);
      }
      target.appendLong(key);
      customers.nextRow();
    };
  }

  ColumnSource orderDate() {
    return ColumnSource.uniform(orderDates(), FIRST_ORDER_DATE, LAST_ORDER_DATE, 1);
  }

  ColumnSource orderStatus() {
    RandomStream counts = lineCounts(firstOrder);
    RandomStream dates = orderDates();
    RandomStream ships = shipDays();
    return (row, lines, target) -> {
      int count = lineCount(counts);
      long date = drawOrderDate(dates);
      int shipped = 0;
      for (int line = 0; line < count; line++) {
        if (date + drawShipDays(ships) <= CURRENT_DATE) {
          shipped++;
        }
      }
      ships.nextRow();
      target.appendBytes(STATES, shipped == count ? 1 : shipped == 0 ? 2 : 3, 1);
    };
  }

  ColumnSource totalPrice() {
    RandomStream counts = lineCounts(firstOrder);
    RandomStream quantities = quantities();
    RandomStream discounts = discounts();
    RandomStream taxes = taxes();
    RandomStream parts = parts();
    return (row, lines, target) -> {
      int count = lineCount(counts);
      long total = 0;
      for (int line = 0; line < count; line++) {
        long price = partPrice(drawPart(parts)) * quantities.draw(1, 50);
        total += price * (100 - discounts.draw(0, 10)) / 100 * (100 + taxes.draw(0, 8)) / 100;
      }
      target.appendLong(total);
      quantities.nextRow();
      discounts.nextRow();
      taxes.nextRow();
      parts.nextRow();
    };
  }

  ColumnSource part() {
    return ColumnSource.uniform(parts(), 1, scale.parts(), 1);
  }

  ColumnSource lineSupplier() {
    RandomStream parts = parts();
    RandomStream numbers = line(2095021727);
    return (row, lines, target) -> {
      for (int line = 0; line < lines; line++) {
        target.appendLong(
            supplier(scale, drawPart(parts), numbers.draw(0, SUPPLIERS_PER_PART - 1)));
      }
      parts.nextRow();
      numbers.nextRow();
    };
  }

  ColumnSource quantity() {
    return ColumnSource.uniform(quantities(), 1, 50, 100);
  }

  ColumnSource extendedPrice() {
    RandomStream parts = parts();
    RandomStream quantities = quantities();
    return (row, lines, target) -> {
      for (int line = 0; line < lines; line++) {
        target.appendLong(partPrice(drawPart(parts)) * quantities.draw(1, 50));
      }
      parts.nextRow();
      quantities.nextRow();
    };
  }

  ColumnSource discount() {
    return ColumnSource.uniform(discounts(), 0, 10, 1);
  }

  ColumnSource tax() {
    return ColumnSource.uniform(taxes(), 0, 8, 1);
  }

  ColumnSource returnFlag() {
    RandomStream dates = orderDates();
    RandomStream ships = shipDays();
    RandomStream receipts = receiptDays();
    RandomStream flags = line(717419739);
    WordList list = WordList.of("rflag");
    return (row, lines, target) -> {
      long date = drawOrderDate(dates);
      for (int line = 0; line < lines; line++) {
        if (date + drawShipDays(ships) + drawReceiptDays(receipts) <= CURRENT_DATE) {
          target.appendBytes(list.draw(flags), 0, 1);
        } else {
          target.appendBytes(STATES, 0, 1);
        }
      }
      ships.nextRow();
      receipts.nextRow();
      flags.nextRow();
    };
  }

  ColumnSource lineStatus() {
    RandomStream dates = orderDates();
    RandomStream ships = shipDays();
    return (row, lines, target) -> {
      long date = drawOrderDate(dates);
      for (int line = 0; line < lines; line++) {
        target.appendBytes(STATES, date + drawShipDays(ships) <= CURRENT_DATE ? 1 : 2, 1);
      }
      ships.nextRow();
    };
  }

  ColumnSource shipDate() {
    RandomStream dates = orderDates();
    RandomStream ships = shipDays();
    return (row, lines, target) -> {
      long date = drawOrderDate(dates);
      for (int line = 0; line < lines; line++) {
        target.appendLong(date + drawShipDays(ships));
      }
      ships.nextRow();
    };
  }

  ColumnSource commitDate() {
    RandomStream dates = orderDates();
    RandomStream commits = line(904914315);
    return (row, lines, target) -> {
      long date = drawOrderDate(dates);
      for (int line = 0; line < lines; line++) {
        target.appendLong(date + commits.draw(30, 90));
      }
      commits.nextRow();
    };
  }

  ColumnSource receiptDate() {
    RandomStream dates = orderDates();
    RandomStream ships = shipDays();
    RandomStream receipts = receiptDays();
    return (row, lines, target) -> {
      long date = drawOrderDate(dates);
      for (int line = 0; line < lines; line++) {
        target.appendLong(date + drawShipDays(ships) + drawReceiptDays(receipts));
      }
      ships.nextRow();
      receipts.nextRow();
    };
  }

  ColumnSource lineWords(long seed, String list) {
    return ColumnSource.words(line(seed), WordList.of(list));
  }

  ColumnSource lineComment() {
    return TextSources.comment(new RandomStream(1095462486, 2 * MAX_LINES, firstOrder), 27);
  }

  private RandomStream order(long seed) {
    return new RandomStream(seed, 1, firstOrder);
  }

  private RandomStream line(long seed) {
    return new RandomStream(seed, MAX_LINES, firstOrder);
  }

  private RandomStream orderDates() {
    return order(1066728069);
  }

  private static long drawOrderDate(RandomStream dates) {
    long date = dates.draw(FIRST_ORDER_DATE, LAST_ORDER_DATE);
    dates.nextRow();
    return date;
  }

  private RandomStream parts() {
    return line(1808217256);
  }

  private long drawPart(RandomStream parts) {
    return parts.draw(1, scale.parts());
  }

  private RandomStream quantities() {
    return line(209208115);
  }

  private RandomStream discounts() {
    return line(554590007);
  }

  private RandomStream taxes() {
    return line(721958466);
  }

  private RandomStream shipDays() {
    return line(1769349045);
  }

  private static long drawShipDays(RandomStream ships) {
    return ships.draw(1, 121);
  }

  private RandomStream receiptDays() {
    return line(373135028);
  }

  private static long drawReceiptDays(RandomStream receipts) {
    return receipts.draw(1, 30);
  }
}
