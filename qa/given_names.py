"""Given names that are common in English news, by whom they are given to.

Enough to tell a person from a ship, and "he" from "she", where the articles do not say; a name
that is given to either, or is not here, says nothing.
"""

from __future__ import annotations

_HIS = """
aaron abdul abdullah adam ahmed alan albert aldo alejandro alexander alfred ali allen alberto amir
andre andreas andrew andrzej angelo anthony antoine antonio antony ariel arthur barack bashar
benjamin bernard bernie bill bob boris brad brandon brian bruce bruno carl carlos charles chris
christian christopher chuck clarence claude clyde colin craig daniel dave david dennis derek diego
dmitri dmitry dominic don donald douglas dustin ed eduardo edward edwin elon emmanuel enrique eric
erik ernest ethan eugene evan fernando fidel francisco francois frank franz fred frederick gabriel
gary gavin geoffrey george gerald gerard giovanni giuseppe gordon graham greg gregory guillermo
guy hamid hans harold harry hassan hector henri henry herbert hiroshi howard hugh hugo ian ibrahim
igor isaac ismail ivan jack jacob jacques jake james jan jason javier jeff jeffrey jeremy jerome
jerry jim jimmy joao joe joel johan john johnny jon jonas jonathan jorge jose joseph joshua juan
jules julian justin karl keith ken kenneth kevin khaled klaus kofi kumar kurt kyle lars laurent
lawrence lee leo leon leonard leonardo lionel louis luca lucas luigi luis luke mahmoud manuel marc
marco marcus mario mark marshall martin marvin matt matteo matthew maurice max mehmet michael
michel miguel mike mikhail mitch mitt mohamed mohammad mohammed moses muhammad narendra nathan
nathaniel neil nelson nicholas nick nicolas nigel norman oliver omar oscar osama oskar otto pablo
patrick paul pedro pete peter petr phil philip philippe pierre piotr rafael rahul raj ralph ramon
raul ray raymond recep ricardo richard rick rishi rob robert roberto rodney rodrigo roger roland
ron ronald roy rupert russell ryan salman salvador samuel scott sean sebastian sergei sergey
sergio seth simon stanley stefan stephen steve steven stuart takeshi ted terry theodore thomas tim
timothy todd tom tommy tony travis trevor tyler ulrich victor viktor vincent vladimir volodymyr
walter warren wayne wilhelm will william willie wolfgang xavier yasser yuri yusuf zachary
"""
_HERS = """
abigail ada adele agnes aisha alexandra alice alicia alison amanda amelia amina amy ana andrea
angela angelina anita ann anna anne annie annika ariana astrid audrey barbara beatrice bella betty
beyonce birgit bridget brenda camille carla carmen carol caroline catherine cecilia charlotte
cheryl chloe christina christine cindy claire clara claudia condoleezza cynthia daniela deborah
debra diana diane dolores donna dorothy edith eileen elaine eleanor elena elisabeth elizabeth ella
ellen emily emma erica esther eva eve evelyn faith fatima fiona florence frances gabriela gail
gemma georgina gina giorgia gloria grace greta gretchen hannah harriet heather heidi helen helena
hillary ida ingrid irene isabel isabella ivanka jacinda jane janet janice jasmine jeanne jennifer
jenny jessica jill joan joanna johanna josephine joy joyce judith judy julia juliana julie kamala
karen karin kate katharine katherine kathleen kathryn kathy katie keiko kim kimberly kristen
kristin laila lara laura lauren leah leila lena leslie leticia linda lisa liz louise lucia lucy
lydia madeleine magdalena malala mandy margaret margarita maria mariam marie marilyn marina marta
martha mary maryam maya megan melania melinda melissa meghan mette michelle minnie miriam molly
monica nadia nancy naomi natalia natalie natasha nicole nina nora olga olivia oprah pamela
patricia paula pelicia penelope penny petra priti priya rachel rebecca regina renee rita roberta
rosa rose ruth sabrina sally samantha sandra sara sarah serena sharon sheila shirley silvia sofia
sonia sophia sophie stella stephanie susan susanna suzanne sylvia tamara tanya tara tatiana taylor
teresa theresa tina ursula valerie vanessa vera veronica victoria virginia wendy yasmin yoko
yolanda yvonne zoe
"""
HIS = frozenset(_HIS.split())
HERS = frozenset(_HERS.split())
