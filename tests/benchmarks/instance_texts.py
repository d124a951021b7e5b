"""A small instance in each form that is read."""

from __future__ import annotations

SOLOMON = """tiny

VEHICLE
NUMBER     CAPACITY
  2         15

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0          0          0          0        100          0
    1      3          4         10          5         20          2
    2      1          1          5          0         90          2
"""

VRPLIB = """NAME: tiny
COMMENT: two customers
TYPE: MTVRPTWR
EDGE_WEIGHT_TYPE: EUC_2D
DIMENSION: 3
VEHICLES: 1
CAPACITY: 10
SERVICE_TIME: 2
NODE_COORD_SECTION
1 0 0
2 3 4
3 1 1
DEMAND_SECTION
1 0
2 10
3 5
TIME_WINDOW_SECTION
1 0 100
2 5 20
3 0 90
RELEASE_TIME_SECTION
1 0
2 0
3 30
VEHICLES_RELOAD_DEPOT_SECTION
1 1
DEPOT_SECTION
1
EOF
"""

WANG_CHEN = """tiny

CUSTOMER  VEHICLE
NUMBER    NUMBER     CAPACITY
   2        25       20

CUSTOMER
CUST NO.  XCOORD.   YCOORD.   DDEMAND   PDEMAND   READY TIME  DUE DATE   SERVICE TIME

    0      0         0          0          0          0        100          0
    1      3         4         10          3          5         20          2
    2      1         1          0          5          0         90          2
"""

JD = """NAME : tiny
TYPE : VRPSDPTW
DIMENSION : 3
VEHICLES : 5
DISPATCHINGCOST : 300
UNITCOST : 0.014
CAPACITY : 2.5
EDGE_WEIGHT_TYPE : EXPLICIT
NODE_SECTION
0,0,0,0,960,0
1,0.02330,1.0,0,60,30
2,2.25,0,30,90,30
DISTANCETIME_SECTION
0,1,1000,10
0,2,2000,20
1,0,1500,11
1,2,700,7
2,0,2100,21
2,1,800,8
DEPOT_SECTION
0
"""

TEXTS = {"tiny.txt": SOLOMON, "tiny.vrp": VRPLIB, "wang.txt": WANG_CHEN, "jd.vrpsdptw": JD}
