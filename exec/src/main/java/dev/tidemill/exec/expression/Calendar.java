package dev.tidemill.exec.expression;

import dev.tidemill.foundation.memory.Memory;

/**
 * The proleptic Gregorian calendar in days since 1970-01-01. Years are counted from March inside,
 * so that the leap day is the last of a year; 400 years are a cycle of 146,097 days.
 */
final class Calendar {
  private static final int CYCLE_DAYS = 146_097;
  private static final int CYCLE_YEARS = 400;

  /** Days from 0000-03-01 to 1970-01-01. */
  private static final int EPOCH_DAYS = 719_468;

  private Calendar() {}

  /** The date as year * 512 + month * 32 + day, the year since 0000 (may be negative). */
  static long packedDate(long days) {
    long shifted = days + EPOCH_DAYS;
    long cycle = Math.floorDiv(shifted, CYCLE_DAYS);
    int ofCycle = (int) (shifted - cycle * CYCLE_DAYS);
    // Neri and Schneider, Euclidean affine functions: quotients and rests by one product each.
    int quarters = 4 * ofCycle + 3;
    int century = quarters / CYCLE_DAYS;
    long product = 2_939_745L * (quarters - century * CYCLE_DAYS | 3);
    int ofYear = (int) ((product & 0xffff_ffffL) / 2_939_745 / 4);
    int months = 2_141 * ofYear + 197_913;
    int next = ofYear >= 306 ? 1 : 0;
    long year = cycle * CYCLE_YEARS + century * 100 + (product >>> 32) + next;
    int month = (months >>> 16) - 12 * next;
    int day = (months & 0xffff) / 2_141 + 1;
    return (year << 9) | (month << 5) | day;
  }

  static long year(long packed) {
    return packed >> 9;
  }

  static int month(long packed) {
    return (int) (packed >> 5) & 15;
  }

  static int day(long packed) {
    return (int) packed & 31;
  }

  /** Days since 1970-01-01 of a date; the month 1 to 12. */
  static long days(long year, int month, int day) {
    long marchYear = month <= 2 ? year - 1 : year;
    long cycle = Math.floorDiv(marchYear, CYCLE_YEARS);
    int yearOfCycle = (int) (marchYear - cycle * CYCLE_YEARS);
    int ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int ofCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + ofYear;
    return cycle * CYCLE_DAYS + ofCycle - EPOCH_DAYS;
  }

  static int daysOfMonth(long year, int month) {
    return switch (month) {
      case 2 -> isLeap(year) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  private static boolean isLeap(long year) {
    return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
  }

  /** The same day of another month, at most its last. */
  static long addMonths(long days, long months) {
    long packed = packedDate(days);
    long month = year(packed) * 12 + month(packed) - 1 + months;
    long newYear = Math.floorDiv(month, 12);
    int newMonth = (int) Math.floorMod(month, 12L) + 1;
    return days(newYear, newMonth, Math.min(day(packed), daysOfMonth(newYear, newMonth)));
  }

  /** Monday is 1, Sunday 7. */
  static int isoDayOfWeek(long days) {
    return (int) Math.floorMod(days + 3, 7L) + 1;
  }

  static long dayOfYear(long days) {
    return days - days(year(packedDate(days)), 1, 1) + 1;
  }

  /** The year that the ISO week, which has most of its days in it, belongs to. */
  static long isoYear(long days) {
    return year(packedDate(days - isoDayOfWeek(days) + 4));
  }

  static long isoWeek(long days) {
    long thursday = days - isoDayOfWeek(days) + 4;
    return (dayOfYear(thursday) - 1) / 7 + 1;
  }

  /** The first day of the unit, of a day or more, that {@code days} is in. */
  static long truncate(TimeUnit unit, long days) {
    return switch (unit) {
      case WEEK -> days - isoDayOfWeek(days) + 1;
      case ISOYEAR -> {
        long fourth = days(isoYear(days), 1, 4);
        yield fourth - isoDayOfWeek(fourth) + 1;
      }
      case CENTURY, MILLENNIUM -> {
        // They begin with the year 1.
        int years = unit.months / 12;
        yield days(Math.floorDiv(year(packedDate(days)) - 1, years) * years + 1, 1, 1);
      }
      case DECADE, YEAR, QUARTER, MONTH -> {
        long packed = packedDate(days);
        long month = year(packed) * 12 + month(packed) - 1;
        long first = Math.floorDiv(month, unit.months) * unit.months;
        yield days(Math.floorDiv(first, 12), (int) Math.floorMod(first, 12L) + 1, 1);
      }
      default -> days;
    };
  }

  /** The first day of the unit behind the one that begins on {@code start}. */
  static long next(TimeUnit unit, long start) {
    return switch (unit) {
      case WEEK -> start + 7;
      case ISOYEAR -> truncate(TimeUnit.ISOYEAR, start + 7 * 53 + 3);
      default -> unit.months > 0 ? addMonths(start, unit.months) : start + 1;
    };
  }

  /** A part of a date; the units are those of a day or more. */
  static long extract(TimeUnit unit, long days) {
    return switch (unit) {
      case YEAR -> year(packedDate(days));
      case QUARTER -> (month(packedDate(days)) + 2) / 3;
      case MONTH -> month(packedDate(days));
      case DAY -> day(packedDate(days));
      case WEEK -> isoWeek(days);
      case ISOYEAR -> isoYear(days);
      case DOW -> Math.floorMod(days + 4, 7L) + 1;
      case ISODOW -> isoDayOfWeek(days);
      case DOY -> dayOfYear(days);
      case DECADE -> Math.floorDiv(year(packedDate(days)), 10);
      case CENTURY -> ordinal(year(packedDate(days)), 100);
      case MILLENNIUM -> ordinal(year(packedDate(days)), 1000);
      case HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, NANOSECOND -> 0;
      case EPOCH -> days * 86_400;
    };
  }

  /** The first century has the years 1 to 100, the one before it is the century -1. */
  private static long ordinal(long year, int years) {
    return year > 0 ? (year + years - 1) / years : (year - years) / years;
  }

  /** Years of days (8 bytes each) in place. */
  static void years(long address, int length) {
    for (int i = 0; i < length; i++) {
      long at = address + ((long) i << 3);
      Memory.putLong(at, year(packedDate(Memory.getLong(at))));
    }
  }

  /** Months of days in place. */
  static void months(long address, int length) {
    for (int i = 0; i < length; i++) {
      long at = address + ((long) i << 3);
      Memory.putLong(at, month(packedDate(Memory.getLong(at))));
    }
  }

  /** Days of the month of days in place. */
  static void days(long address, int length) {
    for (int i = 0; i < length; i++) {
      long at = address + ((long) i << 3);
      Memory.putLong(at, day(packedDate(Memory.getLong(at))));
    }
  }

  /** Another part of days in place. */
  static void extract(TimeUnit unit, long address, int length) {
    for (int i = 0; i < length; i++) {
      long at = address + ((long) i << 3);
      Memory.putLong(at, extract(unit, Memory.getLong(at)));
    }
  }
}
