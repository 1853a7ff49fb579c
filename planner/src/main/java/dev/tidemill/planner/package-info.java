@NullMarked
package dev.tidemill.planner;

import org.jspecify.annotations.NullMarked;
